"""Training steps of size S in PyTorch, as lean as it goes: mapping network, GPT-2's embeddings, first and last block
and last norm are trained by AdamW, everything between is frozen.

    torch_training.py MODEL.safetensors THREADS BATCH TOKENS

Answers each line of standard input with {"seconds": .., "cpuSeconds": .., "loss": .., "peakKilobytes": ..} of one step. The loss
is that of our rule sane_b: begin token, prefix and caption in; the caption's tokens out.
"""

import json
import math
import mmap
import resource
import struct
import sys
import time

import torch
import torch.nn.functional as F

WIDTH, HEADS, LAYERS, EPSILON = 768, 12, 12, 1e-5
MAPPING_LAYERS, MAPPING_HEADS, PREFIX = 6, 16, 4
BEGIN = 50256
TRAINED = ("mapping.", "gpt2.wte.", "gpt2.wpe.", "gpt2.h.0.", "gpt2.h.%d." % (LAYERS - 1), "gpt2.ln_f.")


def load(path):
    """The tensors that are needed, copied, of a safetensors file of floats."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, info in header.items():
        if name.startswith(("mapping.", "gpt2.")):
            begin, end = info["data_offsets"]
            raw = bytearray(data[8 + length + begin : 8 + length + end])
            tensors[name] = torch.frombuffer(raw, dtype=torch.float32).view(info["shape"])
    return tensors


class Network:
    def __init__(self, tensors):
        self.t = {
            name: torch.nn.Parameter(tensor, requires_grad=name.startswith(TRAINED))
            for name, tensor in tensors.items()
        }

    def linear(self, name, x):
        return F.linear(x, self.t[name + ".weight"], self.t[name + ".bias"])

    def conv1d(self, name, x):
        rows = torch.addmm(self.t[name + ".bias"], x.view(-1, x.shape[-1]), self.t[name + ".weight"])
        return rows.view(*x.shape[:-1], -1)

    def norm(self, name, x):
        return F.layer_norm(x, (WIDTH,), self.t[name + ".weight"], self.t[name + ".bias"], EPSILON)

    @staticmethod
    def attention(q, k, v, heads, hidden):
        """Batches of rows [B, T, C]."""
        q, k, v = (x.view(*x.shape[:2], heads, -1).transpose(1, 2) for x in (q, k, v))
        scores = q @ k.transpose(2, 3) * q.shape[-1] ** -0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden, float("-inf"))
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(q.shape[0], -1, WIDTH)

    def prefix(self, embeddings):
        x = embeddings.view(-1, 1, WIDTH)
        for i in range(MAPPING_LAYERS):
            layer = f"mapping.transformer_encoder.layers.{i}."
            attention = layer + "self_attn."
            qkv = F.linear(x, self.t[attention + "in_proj_weight"], self.t[attention + "in_proj_bias"])
            mixed = self.attention(*qkv.split(WIDTH, 2), MAPPING_HEADS, None)
            x = self.norm(layer + "norm1", x + self.linear(attention + "out_proj", mixed))
            inner = F.relu(self.linear(layer + "linear1", x))
            x = self.norm(layer + "norm2", x + self.linear(layer + "linear2", inner))
        return self.linear("mapping.mapper", x).view(-1, PREFIX, WIDTH)

    def loss(self, embeddings, captions):
        words = self.t["gpt2.wte.weight"]
        begin = torch.full((captions.shape[0], 1), BEGIN)
        x = torch.cat([F.embedding(begin, words), self.prefix(embeddings), F.embedding(captions[:, :-1], words)], 1)
        length = x.shape[1]
        x = x + self.t["gpt2.wpe.weight"][:length]
        hidden = torch.ones(length, length, dtype=torch.bool).triu(1)
        for i in range(LAYERS):
            layer = f"gpt2.h.{i}."
            qkv = self.conv1d(layer + "attn.c_attn", self.norm(layer + "ln_1", x))
            mixed = self.attention(*qkv.split(WIDTH, 2), HEADS, hidden)
            x = x + self.conv1d(layer + "attn.c_proj", mixed)
            inner = F.gelu(self.conv1d(layer + "mlp.c_fc", self.norm(layer + "ln_2", x)), approximate="tanh")
            x = x + self.conv1d(layer + "mlp.c_proj", inner)
        rows = self.norm("gpt2.ln_f", x[:, PREFIX:])
        return F.cross_entropy(F.linear(rows.reshape(-1, WIDTH), words), captions.reshape(-1))


def main():
    model, threads, batch, tokens = sys.argv[1:]
    batch, tokens = int(batch), int(tokens)
    torch.set_num_threads(int(threads))
    network = Network(load(model))
    trained = {name: p for name, p in network.t.items() if p.requires_grad}
    spared = [p for name, p in trained.items() if p.dim() == 1]
    decayed = [p for name, p in trained.items() if p.dim() > 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": spared, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-4)
    numbers = [math.sin(0.37 * i + 0.11) for i in range(batch * WIDTH)]
    embeddings = torch.tensor(numbers, dtype=torch.float32).view(batch, WIDTH)
    captions = torch.tensor([(i * 7919 + 13) % BEGIN for i in range(batch * tokens)]).view(batch, tokens)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        optimiser.zero_grad(set_to_none=True)
        loss = network.loss(embeddings, captions)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.3)
        optimiser.step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer = {"seconds": wall, "cpuSeconds": cpu, "loss": loss.item(), "peakKilobytes": peak}
        print(json.dumps(answer), flush=True)


main()
