"""Data-parallel training of a small model, as torchrun starts it on each host. Says what came of it."""

import json
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

EXAMPLES = 256
STEPS = 100

with open("/opt/ml/input/config/resourceconfig.json") as file:
    config = json.load(file)
os.environ["GLOO_SOCKET_IFNAME"] = config["network_interface_name"]

dist.init_process_group("gloo")
rank, size = dist.get_rank(), dist.get_world_size()

# Each host has examples of its own, and begins with a model of its own: what they agree on they have told each other.
torch.manual_seed(rank)
wanted = torch.tensor([[2.0, -1.0, 0.5]])
examples = torch.randn(EXAMPLES, 3)
labels = examples @ wanted.T
model = DistributedDataParallel(torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(STEPS):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(examples), labels)
    loss.backward()
    optimizer.step()

weights = torch.cat([parameter.flatten() for parameter in model.module.parameters()])
seen = torch.tensor([rank + 1.0])
dist.all_reduce(seen)
print("weights of", config["current_host"], " ".join(f"{weight:.6f}" for weight in weights.tolist()), flush=True)
print("sum over", size, "hosts:", int(seen.item()), flush=True)
if rank == 0:
    torch.save(model.module.state_dict(), "/opt/ml/model/model.pt")
    with open("/opt/ml/model/weights.json", "w") as file:
        json.dump(weights.tolist(), file)
dist.barrier()
dist.destroy_process_group()
