import { useMemo, useState } from 'preact/hooks';
import { type StructureShape, shape } from '../../src/model/shapes.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import type { Overview } from '../../src/web/api/overview.ts';
import { RequestText } from '../job/request-text.tsx';
import { go, jobPlace, usePlace } from '../router.tsx';
import { ask, call } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { WhenLoaded } from '../ui/states.tsx';
import { type Draft, Members } from './shape-field.tsx';
import { complaintsOf, isMissing } from './validation.ts';

type Request = { readonly [name: string]: Draft };

/** A new job, from nothing or from another one's request (`?from=`). */
export function CreatePage() {
  const from = usePlace().query.get('from');
  const beginning = useLoaded(
    async (signal) =>
      from === null ? firstRequest(await ask<Overview>('overview', {}, signal)) : cloneOf(from, signal),
    [from],
  );
  return (
    <>
      <div class="bar">
        <h1>{from === null ? 'Create a job' : `Clone ${from}`}</h1>
      </div>
      <WhenLoaded of={beginning}>{(request) => <RequestForm key={from} beginning={request} />}</WhenLoaded>
    </>
  );
}

async function cloneOf(job: string, signal: AbortSignal): Promise<Request> {
  const { request } = await ask<JobDetails>('job', { job }, signal);
  return { ...(request as unknown as Request), TrainingJobName: followingName(job) };
}

/** `name-3` after `name-2`, `name-2` after `name`; at most 63 characters. */
function followingName(name: string): string {
  const [, stem = name, number] = /^(.*)-(\d{1,4})$/.exec(name) ?? [];
  const ending = `-${number === undefined ? 2 : Number(number) + 1}`;
  return stem.slice(0, 63 - ending.length) + ending;
}

/** What this server's own examples begin with: all of it can be changed. */
function firstRequest({ account, region }: Overview): Request {
  return {
    TrainingJobName: undefined,
    RoleArn: `arn:aws:iam::${account}:role/trainyard`,
    AlgorithmSpecification: {
      TrainingImage: 'trainyard/host:latest',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['/bin/sh', '-c', ''],
    },
    OutputDataConfig: { S3OutputPath: `s3://sagemaker-${region}-${account}/output` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  };
}

const SHAPE = 'CreateTrainingJobRequest';

function RequestForm({ beginning }: { readonly beginning: Request }) {
  const [request, setRequest] = useState(beginning);
  const [isStrict, setStrict] = useState(false);
  const [refusal, setRefusal] = useState('');
  const [isSending, setSending] = useState(false);
  const complaints = useMemo(() => complaintsOf(SHAPE, request), [request]);
  const all = [...complaints.values()].flat();
  const wrong = all.filter((message) => !isMissing(message)).length;
  const missing = all.length - wrong;

  const create = async () => {
    setStrict(true);
    setRefusal('');
    if (all.length > 0) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setSending(true);
    try {
      await call('sagemaker', 'CreateTrainingJob', request);
      go(jobPlace(String(request.TrainingJobName)));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      setSending(false);
    }
  };
  return (
    <form
      class="create"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <div class="members">
        <Members
          of={shape(SHAPE) as StructureShape}
          value={request}
          prefix=""
          {...{ complaints, isStrict }}
          onChange={(value) => setRequest((value ?? {}) as Request)}
        />
      </div>
      <aside aria-label="The request">
        <div class="bar">
          <button type="submit" class="primary" disabled={isSending}>
            Create job
          </button>
          <span class="quiet" role="status">
            {[missing > 0 && `${missing} missing`, wrong > 0 && `${wrong} to mend`]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </div>
        {refusal && (
          <p class="complaint" role="alert">
            {refusal}
          </p>
        )}
        <RequestText request={request} />
      </aside>
    </form>
  );
}
