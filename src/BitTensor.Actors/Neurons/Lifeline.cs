using Akka.Actor;
using BitTensor.Parcels;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// What makes a neuron outlive its process: it asks the archive who it was before it lives, tells the ledger that it is there until it
/// hears of a block, and keeps a checkpoint every few blocks. Idle in a run of one process. Runs inside the neuron's actor.
/// </summary>
sealed class Lifeline(World world, NeuronPlan plan, Func<Brain> brainNow, IActorRef self)
{
    const int BlocksPerCheckpoint = 5;

    /// <summary>Time between two questions that were not answered.</summary>
    public static readonly TimeSpan KnockEvery = TimeSpan.FromSeconds(1);

    bool _recalled;
    bool _revived;

    /// <summary>True as long as it does not know who it was.</summary>
    public bool IsAsking => world.Durable && !_revived;

    /// <summary>Asks for what is still missing.</summary>
    public void Knock() =>
        world.At(_revived ? Addresses.Ledger : Addresses.Archive)
            .Tell(_revived ? new ControlMessage.NeuronPresent(plan.Id) : new ControlMessage.RecallState(plan.Id), ActorRefs.NoSender);

    public void HandleStateRecalled(ControlMessage.StateRecalled state)
    {
        if (_recalled)
        {
            return;
        }
        _recalled = true;
        world.Compute.Submit(plan.Id, TimeSpan.Zero, () => Revive(state), self);
    }

    /// <summary>Keeps a checkpoint if one is due, each neuron at blocks of its own.</summary>
    public void HandleBlock(long height)
    {
        if (world.Durable && (height + plan.Id) % BlocksPerCheckpoint == 0)
        {
            Save(height, last: false);
        }
    }

    /// <summary>Takes a checkpoint in the neuron's lane, behind the jobs it has.</summary>
    public void Save(long height, bool last)
    {
        var brain = brainNow();
        world.Compute.Submit(plan.Id, TimeSpan.Zero, () => new Saved(height, brain.Save(), last), self);
    }

    public void HandleSaved(Saved saved)
    {
        var keep = new ControlMessage.KeepState(plan.Id, saved.Height, [.. saved.State]);
        world.At(Addresses.Archive).Tell(keep, ActorRefs.NoSender);
    }

    /// <summary>Told when the neuron is who it was.</summary>
    public void HandleRevived() => _revived = true;

    /// <summary>Lets go of the brain; the last job of the neuron's lane.</summary>
    public object End()
    {
        brainNow().Dispose();
        return new Ended();
    }

    Revived Revive(ControlMessage.StateRecalled state)
    {
        if (!state.State.IsEmpty)
        {
            brainNow().Load([.. state.State]);
        }
        return new Revived(state.Height);
    }

    sealed record Ended;

    public sealed record KnockAgain;

    public sealed record Revived(long Height);

    public sealed record Saved(long Height, byte[] State, bool Last);
}
