using BitTensor.Learning;
using BitTensor.Scenarios;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BitTensor.Benchmarks;

/// <summary>
/// The work of a live network without the network: one thread, one loop, no actors, messages, links, clock or ledger.
/// Neurons take turns; each step asks so many peers, trains on what they answer, and hands their gradients back, on
/// which they learn.
/// </summary>
/// <param name="network">Whose shapes.</param>
/// <param name="work">How much.</param>
sealed class BareLoops(LiveNetwork network, Work work)
{
    const int Neurons = LiveNetwork.Neurons;
    readonly Examples _data = DataSets.Digits();

    /// <summary>Over the network's own model class: what is left out is the network alone.</summary>
    public void OwnModels()
    {
        var models = Enumerable.Range(0, Neurons).Select(i => new SlotModel(
            new ModelShape(_data.Features, _data.Classes, network.Representation, network.Hidden, Neurons, i),
            new LearningSettings(OptimizerKind.Adam, 0.001, 0.003), LiveNetwork.Seed, i)).ToArray();
        for (long step = 0; step < work.Steps; step++)
        {
            var self = (int)(step % Neurons);
            var batch = Batch(step);
            var slots = new float[]?[Neurons];
            var (answers, lessons) = Shares(step);
            for (var k = 1; k <= answers; k++)
            {
                slots[Peer(self, k)] = models[Peer(self, k)].Represent(batch.Inputs, batch.Count);
            }
            var result = models[self].Train(batch.Inputs, batch.Labels, slots);
            for (var k = 1; k <= lessons; k++)
            {
                models[Peer(self, k)].Learn(batch.Inputs, batch.Count, result.Gradients[Peer(self, k)]!);
            }
        }
        Array.ForEach(models, m => m.Dispose());
    }

    /// <summary>
    /// As one writes it with TorchSharp alone: modules, optimizers, tensors passed from hand to hand.
    /// </summary>
    public void PlainModules()
    {
        var width = network.Representation;
        var neurons = Enumerable.Range(0, Neurons).Select(_ => new PlainNeuron(_data, network.Hidden, width)).ToArray();
        for (long step = 0; step < work.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var self = (int)(step % Neurons);
            var batch = Batch(step);
            var x = from_array(batch.Inputs).view(batch.Count, batch.Features);
            var labels = from_array(Array.ConvertAll(batch.Labels, l => (long)l));
            var (answers, lessons) = Shares(step);
            var slots = Enumerable.Range(1, Neurons - 1)
                .Select(k => k <= answers ? neurons[Peer(self, k)].Answer(x) : zeros(batch.Count, width)).ToArray();
            var gradient = neurons[self].Train(x, labels, cat(slots, 1));
            for (var k = 1; k <= lessons; k++)
            {
                neurons[Peer(self, k)].Learn(x, gradient.narrow(1, (k - 1) * width, width));
            }
        }
        Array.ForEach(neurons, n => n.Dispose());
    }

    Examples Batch(long step)
    {
        var start = step * network.BatchSize;
        return _data.Take([.. Enumerable.Range(0, network.BatchSize).Select(k => (int)((start + k) % _data.Count))]);
    }

    static int Peer(int self, int k) => (self + k) % Neurons;

    /// <summary>
    /// Peers that answer in one step, and peers that learn in it, when both are spread evenly over all steps.
    /// </summary>
    (int Answers, int Lessons) Shares(long step)
    {
        long UpTo(long total, long steps) => steps * total / work.Steps;
        var answers = (int)(UpTo(work.Answers, step + 1) - UpTo(work.Answers, step));
        return (answers, Math.Min(answers, (int)(UpTo(work.Lessons, step + 1) - UpTo(work.Lessons, step))));
    }

    /// <summary>Encoder and head of one neuron as modules.</summary>
    sealed class PlainNeuron : IDisposable
    {
        readonly Sequential _encoder;
        readonly Sequential _head;
        readonly optim.Optimizer _encoderOptimizer;
        readonly optim.Optimizer _headOptimizer;

        public PlainNeuron(Examples data, int hidden, int width)
        {
            _encoder = nn.Sequential(nn.Linear(data.Features, hidden), nn.Tanh(), nn.Linear(hidden, width), nn.Tanh());
            _head = nn.Sequential(nn.Linear(Neurons * width, hidden), nn.Tanh(), nn.Linear(hidden, data.Classes));
            _encoderOptimizer = optim.Adam(_encoder.parameters(), 0.001, weight_decay: 0.003);
            _headOptimizer = optim.Adam(_head.parameters(), 0.001, weight_decay: 0.003);
        }

        public Tensor Answer(Tensor x)
        {
            using var noGradient = no_grad();
            return _encoder.forward(x);
        }

        /// <summary>One step; the gradient of the loss with respect to <paramref name="peers"/>.</summary>
        public Tensor Train(Tensor x, Tensor labels, Tensor peers)
        {
            peers.requires_grad_(true);
            _encoderOptimizer.zero_grad();
            _headOptimizer.zero_grad();
            var loss = nn.functional.cross_entropy(_head.forward(cat([peers, _encoder.forward(x)], 1)), labels);
            loss.backward();
            _encoderOptimizer.step();
            _headOptimizer.step();
            return peers.grad!;
        }

        public void Learn(Tensor x, Tensor gradient)
        {
            _encoderOptimizer.zero_grad();
            _encoder.forward(x).backward([gradient]);
            _encoderOptimizer.step();
        }

        public void Dispose()
        {
            _encoder.Dispose();
            _head.Dispose();
            _encoderOptimizer.Dispose();
            _headOptimizer.Dispose();
        }
    }
}
