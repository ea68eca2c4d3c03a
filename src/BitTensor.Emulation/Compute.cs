using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// Where computing happens, apart from messaging. Work is submitted to a lane (one per neuron); the jobs of a lane run one after
/// another in the order of submission, jobs of different lanes may run at once. A job touches what its lane owns and what it was given,
/// nothing else; its result is told to an actor. Two implementations: <see cref="VirtualCompute"/> and <see cref="WallCompute"/>.
/// </summary>
public abstract class Compute : IDisposable
{
    /// <summary>Submits a job.</summary>
    /// <param name="lane">Whose job it is, from 0.</param>
    /// <param name="cost">Emulated compute time; wall time takes the time it takes.</param>
    /// <param name="job">The work; returns the message to tell.</param>
    /// <param name="replyTo">Who is told.</param>
    public abstract void Submit(int lane, TimeSpan cost, Func<object> job, IActorRef replyTo);

    /// <summary>
    /// Submits a job whose result is looked at later than it is due, or never. What is told at the due time holds a way to the result; an
    /// actor that goes it waits if it must. Should the job fail, so does the way, and so do the later jobs of its lane.
    /// </summary>
    /// <param name="lane">Whose job it is.</param>
    /// <param name="cost">Emulated compute time; wall time takes the time it takes.</param>
    /// <param name="job">The work.</param>
    /// <param name="message">Makes the message to tell of the way to the result.</param>
    /// <param name="replyTo">Who is told.</param>
    public abstract void SubmitLate<T>(int lane, TimeSpan cost, Func<T> job, Func<Func<T>, object> message, IActorRef replyTo)
        where T : class;

    /// <summary>Keeps a lane busy as a job would whose result is at hand: <paramref name="message"/> is told when it is due.</summary>
    /// <param name="lane">Whose time it takes.</param>
    /// <param name="cost">Emulated compute time.</param>
    /// <param name="message">The message to tell. One that is a <see cref="IHandedOver"/> is handed over where nobody else can be at its receiver.</param>
    /// <param name="replyTo">Who is told.</param>
    public abstract void Occupy(int lane, TimeSpan cost, object message, IActorRef replyTo);

    /// <summary>
    /// Keeps a lane busy, and tells when that is over instead of telling anybody then; null where nobody can know, and nothing is done. For what takes time and
    /// has no other consequence: a timer less.
    /// </summary>
    /// <param name="lane">Whose time it takes.</param>
    /// <param name="cost">Emulated compute time.</param>
    public virtual TimeSpan? Occupy(int lane, TimeSpan cost) => null;

    /// <summary>True when a moment that <see cref="Occupy(int, TimeSpan)"/> told of has come.</summary>
    public virtual bool HasCome(TimeSpan moment) => true;

    /// <summary>
    /// Has something made beside the lanes, in no emulated time: for what must be there later and needs nobody's state. Whoever asks for it waits for it if
    /// he must.
    /// </summary>
    /// <param name="job">The work; pure.</param>
    /// <returns>The way to its result.</returns>
    public abstract Func<T> Aside<T>(Func<T> job)
        where T : class;

    /// <summary>Ends the worker threads.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the worker threads.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// A message that knows what its receiver does with it: run, it is taken. In virtual time a message that is due finds nothing ready: its receiver is at rest
/// with an empty mailbox, so that it may be handed over on the spot, as it would be by way of the mailbox.
/// </summary>
public interface IHandedOver : IRunnable;
