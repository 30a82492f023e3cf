"""Trains a small convolutional network on images of digits, on one host or several that share the work."""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler


def main():
    arguments = parse()
    rank = arguments.hosts.index(arguments.current_host)
    # Where the hosts meet is in MASTER_ADDR and MASTER_PORT, as in SageMaker's image of PyTorch.
    dist.init_process_group(arguments.backend, rank=rank, world_size=len(arguments.hosts))
    torch.manual_seed(arguments.seed)

    images = read(arguments.data_dir / "train.npz")
    sampler = DistributedSampler(images, seed=arguments.seed)
    batches = DataLoader(images, batch_size=arguments.batch_size, sampler=sampler)
    print(f"{arguments.current_host} trains on {len(sampler)} of {len(images)} images", flush=True)

    network = network_of_digits()
    shared = DistributedDataParallel(network)
    optimizer = torch.optim.Adam(shared.parameters(), lr=arguments.lr)
    for epoch in range(1, arguments.epochs + 1):
        sampler.set_epoch(epoch)
        network.train()
        losses = []
        for pixels, labels in batches:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(shared(pixels), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if rank == 0:
            accuracy = share_right(network, read(arguments.data_dir / "test.npz"))
            print(f"epoch={epoch} loss={np.mean(losses):.4f} test_accuracy={accuracy:.4f}", flush=True)
    if rank == 0:
        save(network, arguments.model_dir)
    dist.barrier()
    dist.destroy_process_group()


def parse():
    """Hyperparameters come as arguments; where things are and who else there is, SageMaker says in variables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backend", default="gloo")
    parser.add_argument("--hosts", type=json.loads, default=os.environ.get("SM_HOSTS"))
    parser.add_argument("--current-host", default=os.environ.get("SM_CURRENT_HOST"))
    parser.add_argument("--data-dir", type=Path, default=os.environ.get("SM_CHANNEL_TRAINING"))
    parser.add_argument("--model-dir", type=Path, default=os.environ.get("SM_MODEL_DIR"))
    return parser.parse_args()


def read(path):
    with np.load(path) as file:
        images, labels = file["images"], file["labels"]
    pixels = torch.from_numpy(images).float().unsqueeze(1) / 16
    return TensorDataset(pixels, torch.from_numpy(labels).long())


def network_of_digits():
    """From 8x8 pixels to ten numbers, of which the largest is that of the digit."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def share_right(network, images):
    network.eval()
    with torch.no_grad():
        pixels, labels = images.tensors
        return (network(pixels).argmax(dim=1) == labels).float().mean().item()


def save(network, folder):
    """As PyTorch has it, and for those who have no PyTorch."""
    torch.save(network.state_dict(), folder / "model.pth")
    np.savez(folder / "model.npz", **{name: values.numpy() for name, values in network.state_dict().items()})


if __name__ == "__main__":
    main()
