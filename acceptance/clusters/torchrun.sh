# What the SageMaker training toolkit starts on each host of a job with torch_distributed.
config=/opt/ml/input/config/resourceconfig.json
of_config() { /usr/bin/python3 -c "import json; c = json.load(open('$config')); print($1)"; }
# Debian's torch 1.13 does not know that nothing is to be redirected, under its Python 3.11: it writes to a file and to us.
exec /usr/bin/python3 -m torch.distributed.run \
  --nnodes "$(of_config "len(c['hosts'])")" --nproc_per_node 1 \
  --redirects 1 --tee 1 \
  --master_addr "$(of_config "c['hosts'][0]")" --master_port 7777 \
  --node_rank "$(of_config "c['hosts'].index(c['current_host'])")" \
  /opt/ml/input/data/code/train.py
