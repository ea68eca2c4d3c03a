using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Actors.Strategies;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Plans.Faults;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// What the parts of one neuron share. They hold it by reference; it changes in the neuron's actor alone.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="plan">The neuron's plan.</param>
/// <param name="model">Its model.</param>
/// <param name="strategies">The strategies it follows.</param>
/// <param name="links">Its links.</param>
sealed class NeuronState(RunContext run, NeuronPlan plan, NeuronModel model, StrategySet strategies, Links links)
{
    public RunContext Run => run;

    public NeuronPlan Plan => plan;

    public int Id => plan.Id;

    public StrategySet Strategies => strategies;

    public Links Links => links;

    /// <summary>The trainable model; another one after a restart without state.</summary>
    public NeuronModel Model { get; set; } = model;

    /// <summary>What the neuron knows of the ledger; null before the first block and after a crash.</summary>
    public LedgerView? View { get; set; }

    /// <summary>The neuron's health, as its fault schedule has it now.</summary>
    public NeuronHealth Health { get; set; } = NeuronHealth.Well;

    /// <summary>True after the last block, and while the neuron moves: it begins nothing new.</summary>
    public bool IsResting { get; set; }

    /// <summary>Number of crashes so far. A job or message of an earlier life has no effect.</summary>
    public int Life { get; private set; }

    /// <summary>The outcome of parcels that the last crash ended.</summary>
    public ParcelOutcome Death { get; private set; } = ParcelOutcome.Crashed;

    /// <summary>Steps that the model has made, on own batches and on gradients of callers.</summary>
    public int Steps { get; set; }

    /// <summary>Ages of the answers whose gradients came while the block was open.</summary>
    public AnswerAges Ages { get; } = new();

    /// <summary>Time by the neuron's own clock.</summary>
    public TimeSpan Now => Health.Reads(run.Clock.Elapsed);

    /// <summary>Size of a tensor on the wire, bytes.</summary>
    public long BytesOf(int rows, int columns) => WireSize.Of(rows, columns, run.Encoding);

    /// <summary>Counts a happening that is no parcel.</summary>
    public void Count(CountName name, long count = 1) => links.Traffic.Count(name, count);

    /// <summary>Ends this life.</summary>
    /// <param name="death">The outcome of the parcels the neuron worked on.</param>
    public void Die(ParcelOutcome death)
    {
        Life++;
        Death = death;
        View = null;
    }
}
