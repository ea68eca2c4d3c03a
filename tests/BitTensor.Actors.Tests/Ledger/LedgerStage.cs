using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Tests;

/// <summary>The ledger's actor on a real file. Block h closes at second 10 h.</summary>
sealed class LedgerStage : VirtualStage
{
    public const int Count = 3;

    readonly TemporaryFolder _folder = new();
    readonly LedgerStore _store;
    readonly IActorRef _ledger;
    bool _closed;

    /// <param name="blocks">Blocks after the genesis block.</param>
    /// <param name="revealAfter">Blocks for which rows are hidden.</param>
    /// <param name="outside">Neurons that are not registered, with stake 2 each; there is room for two more.</param>
    public LedgerStage(int blocks = 2, int revealAfter = 0, int outside = 0)
    {
        var room = outside > 0 ? $", capacity: {Count + 2}, immunity: 1000 blocks" : "";
        var scenario = Stage.Read(
            $"version: 1\nname: stage\nseed: 3\nduration: {blocks} blocks\nmechanism: "
            + $"{{ reveal-after: {revealAfter} blocks{room} }}\npopulations: "
            + $"[{{ name: a, count: {Count}, model: {{ kind: quadratic }} }}"
            + (outside > 0
                ? $", {{ name: b, count: {outside}, joins: {{}}, stake: 2, model: {{ kind: quadratic }} }}]\n"
                : "]\n"));
        var plans = Roster.Draw(scenario);
        Header = EmulationRun.HeaderOf(scenario, plans);
        _store = LedgerStore.Create(File, Header);
        var run = new RunContext(scenario, Header.Run, plans, Compute, new RunClock(System.Scheduler));
        for (var i = 0; i < plans.Length; i++)
        {
            run.Actors.Register(i, Recorder(i));
        }
        var others = new LedgerActor.Collaborators(Recorder(-2), Recorder(-3), Recorder(-4));
        _ledger = System.ActorOf(Props.Create<LedgerActor>(run, Header, _store, LedgerStart.Of(Header), others));
        run.Actors.Register(Addresses.Ledger, _ledger);
    }

    public string File => _folder.Ledger;

    public LedgerHeader Header { get; }

    /// <summary>The stake and the row of each neuron as it was told them when this block opened.</summary>
    public double[][] StateAt(long height) =>
        [
            .. Enumerable.Range(0, Count).Select(i => Opened(i, height))
                .Select(b => (double[])[b.Stake, .. b.Row.Values]),
        ];

    public WeightRow RowAt(long height, int neuron) => Opened(neuron, height).Row;

    /// <summary>A submission that any ledger of this stage accepts in block 1, with some of it replaced.</summary>
    public LedgerMessage.SubmitWeights Good(int neuron = 0, string? run = null, long block = 1, WeightRow? row = null)
    {
        using var key = new NeuronKey(Header.Seed, Math.Clamp(neuron, 0, Header.Neurons.Length - 1));
        return key.Sign(run ?? Header.Run, neuron, block, row ?? WeightRow.Dense([0.34, 0.33, 0.33]));
    }

    /// <summary>The registration of a neuron in a block, under the key of a neuron; its own without one.</summary>
    public LedgerMessage.Register Registration(int neuron, long block = 1, int? key = null)
    {
        using var own = new NeuronKey(Header.Seed, key ?? neuron);
        return own.Register(Header.Run, neuron, block);
    }

    /// <summary>Has a registration arrive at this second.</summary>
    public void Arrives(double second, int from, LedgerMessage.Register register) =>
        At(second, _ledger, new Arrival<LedgerMessage.Register>(from, ParcelKind.Submission, register));

    /// <summary>The leaving of a neuron in a block, signed with the key of a neuron; its own without one.</summary>
    public LedgerMessage.Leave Leaving(int neuron, long block = 1, int? key = null)
    {
        using var own = new NeuronKey(Header.Seed, key ?? neuron);
        return own.Leave(Header.Run, neuron, block);
    }

    /// <summary>Has a leaving arrive at this second.</summary>
    public void Arrives(double second, int from, LedgerMessage.Leave leave) =>
        At(second, _ledger, new Arrival<LedgerMessage.Leave>(from, ParcelKind.Submission, leave));

    /// <summary>What a neuron was told when this block opened.</summary>
    public LedgerMessage.BlockOpened Told(int neuron, long height) => Opened(neuron, height);

    /// <summary>A commitment in this block to a submission.</summary>
    public LedgerMessage.CommitWeights Promise(LedgerMessage.SubmitWeights submission, long block)
    {
        using var key = new NeuronKey(Header.Seed, submission.Neuron);
        return key.Commit(submission, block);
    }

    /// <summary>Has a commitment arrive at this second.</summary>
    public void Arrives(double second, int from, LedgerMessage.CommitWeights commit) =>
        At(second, _ledger, new Arrival<LedgerMessage.CommitWeights>(from, ParcelKind.Submission, commit));

    /// <summary>Has a submission arrive at this second.</summary>
    public void Arrives(double second, int from, LedgerMessage.SubmitWeights submission) =>
        At(second, _ledger, new Arrival<LedgerMessage.SubmitWeights>(from, ParcelKind.Submission, submission));

    /// <summary>From the genesis to the last block.</summary>
    public void Play()
    {
        _ledger.Tell(new ControlMessage.Begin(), ActorRefs.NoSender);
        Kernel.Run(() => false);
    }

    /// <summary>Closes the file and reads it.</summary>
    public LedgerBlock[] Blocks()
    {
        Close();
        using var reader = LedgerReader.Open(File);
        return [.. reader.Blocks()];
    }

    public LedgerVerification Verify()
    {
        Close();
        return LedgerVerifier.Verify(File);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Close();
        _folder.Dispose();
    }

    LedgerMessage.BlockOpened Opened(int neuron, long height) =>
        Heard<LedgerMessage.BlockOpened>(neuron).Single(b => b.Height == height);

    void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _store.Dispose();
        }
    }
}
