import { dockerCredentials } from '../../images/docker-config.ts';
import { meantImage } from '../../images/image-names.ts';
import { BadImageReference, type ImageReference, parseImageReference } from '../../images/image-reference.ts';
import { type ImageSettings, isInsecure } from '../../images/image-settings.ts';
import { RegistryClient } from '../../images/registry-client.ts';
import { askForCredentials, type RegistryCredentials } from '../../images/registry-credentials.ts';
import { invalidParameter, noRegistry, noSuchRepository } from './errors.ts';

export interface EcrOptions {
  readonly account: string;
  readonly region: string;
  readonly images: Pick<ImageSettings, 'names' | 'pull' | 'insecureRegistries' | 'logins'>;
  /** Whether a name is one of the images of this machine, which are in no registry. */
  isLocal(image: string): boolean;
}

/** Which registries stand behind Amazon ECR's names: those that `images.names` leads to, as for the images of jobs. */
export class Registries {
  readonly #options: EcrOptions;
  readonly #clients = new Map<string, RegistryClient>();

  constructor(options: EcrOptions) {
    this.#options = options;
  }

  /**
   * The image that is meant by a name of ECR's: `team/app`, with `:tag` or `@digest`. Throws RepositoryNotFoundException where the
   * settings name no registry for it, InvalidParameterException where no registry may be asked.
   */
  find(repositoryName: string, suffix: string, registryId = this.#options.account): ImageReference {
    const reference = this.#meant(repositoryName, suffix, registryId);
    if (!reference) throw noSuchRepository(repositoryName, registryId);
    this.#mayAsk();
    return reference;
  }

  /** Who asks the registry that stands for an account's as a whole. Throws InvalidParameterException where none does, or none may be asked. */
  whole(registryId: string): { readonly registry: string; readonly client: RegistryClient } {
    const registry = this.registryOf(registryId);
    if (registry === undefined) throw noRegistry(this.host(registryId));
    this.#mayAsk();
    return { registry, client: this.client(registry) };
  }

  #mayAsk(): void {
    if (this.#options.images.pull !== 'never') return;
    throw invalidParameter(
      "No registry is asked by this deployment: the setting images.pull is 'never'. Set it to 'always' or 'whenReachable'.",
    );
  }

  #meant(repositoryName: string, suffix: string, registryId: string): ImageReference | undefined {
    const { images, isLocal } = this.#options;
    const name = `${this.host(registryId)}/${repositoryName}${suffix}`;
    const meant = meantImage(images.names, name);
    return meant === name || isLocal(meant) ? undefined : parsed(meant);
  }

  /**
   * The names of ECR's that mean a repository of a registry. What `images.names` makes of a name may stand behind a prefix of the registry's
   * own, so each end of the repository's name is tried.
   */
  namesOf(registry: string, repository: string, registryId: string): readonly string[] {
    const parts = repository.split('/');
    return parts
      .map((_, from) => parts.slice(from).join('/'))
      .filter((name) => {
        const meant = this.#meant(name, '', registryId);
        return meant?.registry === registry && meant.repository === repository;
      });
  }

  /** The host of an account's registry, in Amazon's words. */
  host(registryId: string): string {
    return `${registryId}.dkr.ecr.${this.#options.region}.amazonaws.com`;
  }

  /** Host and port of the registry that stands for an account's as a whole; undefined when none does. */
  registryOf(registryId: string): string | undefined {
    const name = `${this.host(registryId)}/repository`;
    const meant = meantImage(this.#options.images.names, name);
    return meant === name || this.#options.isLocal(meant) ? undefined : parsed(meant)?.registry;
  }

  isInsecure(registry: string): boolean {
    return isInsecure(this.#options.images, registry);
  }

  /** What the settings have for logging in to a registry; undefined when they have nothing. Rejects with `NoCredentials`. */
  async login(registry: string): Promise<RegistryCredentials | undefined> {
    const { logins } = this.#options.images;
    return Object.hasOwn(logins, registry) ? askForCredentials(logins, registry) : undefined;
  }

  /** Who asks a registry, with the settings' credentials or Docker's. */
  client(registry: string): RegistryClient {
    const known = this.#clients.get(registry);
    if (known) return known;
    const client = new RegistryClient({
      registry,
      insecure: this.isInsecure(registry),
      login: async () => (await this.login(registry)) ?? dockerCredentials(registry),
    });
    this.#clients.set(registry, client);
    return client;
  }
}

function parsed(name: string): ImageReference | undefined {
  try {
    return parseImageReference(name);
  } catch (error) {
    if (error instanceof BadImageReference) return undefined;
    throw error;
  }
}
