using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Parcels;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Lets a neuron outlive its process: restores the last checkpoint from the archive, then announces the neuron to the
/// ledger until the first block arrives, and keeps a checkpoint every few blocks. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="self">Its actor.</param>
sealed class CheckpointClient(NeuronState state, IActorRef self)
{
    const int BlocksPerCheckpoint = 5;

    /// <summary>Time between two requests that were not answered.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    bool _recalled;

    /// <summary>True when the last checkpoint is restored, or there is none.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>
    /// Requests what is still missing: the checkpoint from the archive, then the open block from the ledger.
    /// </summary>
    public void Request()
    {
        if (IsRestored)
        {
            Tell(Addresses.Ledger, new ControlMessage.NeuronPresent(state.Id));
        }
        else
        {
            Tell(Addresses.Archive, new ControlMessage.RecallState(state.Id));
        }
    }

    public void HandleStateRecalled(ControlMessage.StateRecalled recalled)
    {
        if (_recalled)
        {
            return;
        }
        _recalled = true;
        var model = state.Model;
        state.Run.Compute.Submit(state.Id, TimeSpan.Zero, () => Restore(model, recalled), self);
    }

    public void HandleRestored()
    {
        IsRestored = true;
        Request();
    }

    /// <summary>Keeps a checkpoint if one is due; each neuron has blocks of its own.</summary>
    public void HandleBlock(long height)
    {
        if ((height + state.Id) % BlocksPerCheckpoint == 0)
        {
            Save(height, last: false);
        }
    }

    /// <summary>Takes a checkpoint in the neuron's lane, behind its jobs.</summary>
    public void Save(long height, bool last)
    {
        var model = state.Model;
        state.Run.Compute.Submit(state.Id, TimeSpan.Zero, () => new Saved(height, model.Save(), last), self);
    }

    public void HandleSaved(Saved saved) =>
        Tell(Addresses.Archive, new ControlMessage.KeepState(state.Id, saved.Height, [.. saved.State]));

    void Tell(int address, object message) => state.Run.Actors.At(address).Tell(message, ActorRefs.NoSender);

    static Restored Restore(NeuronModel model, ControlMessage.StateRecalled recalled)
    {
        if (!recalled.State.IsEmpty)
        {
            model.Load([.. recalled.State]);
        }
        return new Restored(recalled.Height);
    }

    /// <summary>The last request may not have been answered: it is made again.</summary>
    public sealed record RetryRestore;

    /// <summary>The model is that of the last checkpoint.</summary>
    public sealed record Restored(long Height);

    /// <summary>A checkpoint is taken.</summary>
    public sealed record Saved(long Height, byte[] State, bool Last);
}
