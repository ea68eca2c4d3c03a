using Akka.Actor;
using Akka.Event;
using BitTensor.Emulation;

namespace BitTensor.Actors.Run;

/// <summary>
/// Ends the run when an actor fails, a message finds no receiver, or a message finds no handler. A silent restart or a
/// lost message would falsify every later figure.
/// </summary>
sealed class Watchdog : ReceiveActor
{
    public Watchdog(Action<Exception> fail)
    {
        Receive<Error>(error => fail(new EmulationException($"{error.LogSource}: {error.Message}", error.Cause)));
        Receive<AllDeadLetters>(letter => fail(
            new EmulationException($"No receiver for {letter.Message} to {letter.Recipient}.")));
        Receive<UnhandledMessage>(letter => fail(
            new EmulationException($"No handler for {letter.Message} at {letter.Recipient}.")));
        var events = Context.System.EventStream;
        events.Subscribe(Self, typeof(Error));
        events.Subscribe(Self, typeof(AllDeadLetters));
        events.Subscribe(Self, typeof(UnhandledMessage));
    }
}
