using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Tests;

/// <summary>Mistakes that a run must notice.</summary>
enum Mistake
{
    /// <summary>The submissions of neuron 0 vanish at the ledger.</summary>
    LedgerLosesSubmissions,

    /// <summary>Every gradient of neuron 0 arrives twice, and no link has counted the copy.</summary>
    BackwardIsDoubled,
}

/// <summary>Runs in which the actors at some addresses get messages otherwise than they were sent.</summary>
static class Mistakes
{
    /// <summary>Runs a scenario in virtual time with a mistake.</summary>
    public static RunResult Execute(Mistake mistake, Scenario scenario, RunOptions options, CancellationToken interrupt)
    {
        using var run = VirtualRun.Begin(scenario, options);
        // The first moment: every actor is there, and no parcel has been sent.
        run.Go(static () => true);
        Make(mistake, run.Context);
        run.Go(() =>
        {
            if (interrupt.IsCancellationRequested)
            {
                run.EndAtNextBlock();
            }
            return false;
        });
        return run.Finish();
    }

    static void Make(Mistake mistake, RunContext run)
    {
        if (mistake == Mistake.LedgerLosesSubmissions)
        {
            Decorate(run, Addresses.Ledger, m => m is Arrival<LedgerMessage.SubmitWeights> { From: 0 } ? 0 : 1);
            return;
        }
        for (var neuron = 1; neuron < run.Plans.Count; neuron++)
        {
            Decorate(run, neuron, m => m is Arrival<QueryMessage.Backward> { From: 0 } ? 2 : 1);
            run.Actors.RegisterInline(neuron, null);
        }
    }

    static void Decorate(RunContext run, int address, Func<object, int> times) =>
        run.Actors.Register(address, new DecoratedRef(run.Actors.At(address), times));

    /// <summary>An address whose actor gets each message so many times.</summary>
    sealed class DecoratedRef(IActorRef actor, Func<object, int> times) : MinimalActorRef
    {
        public override ActorPath Path => actor.Path;

        public override IActorRefProvider Provider => ((IInternalActorRef)actor).Provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            for (var left = times(message); left > 0; left--)
            {
                actor.Tell(message, sender);
            }
        }
    }
}
