using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// Where computing happens, apart from messaging. Work is submitted to a lane (one per neuron); the jobs of a lane run
/// one after another in the order of submission, jobs of different lanes may run at once. A job touches what its lane
/// owns and what it was given, nothing else; its result is told to an actor. Two implementations:
/// <see cref="VirtualCompute"/> and <see cref="WallCompute"/>.
/// </summary>
public abstract class Compute : IDisposable
{
    /// <summary>
    /// Submits a job. Its owner is told the job when it is due; should it fail, so do the later jobs of its lane.
    /// </summary>
    /// <param name="lane">Lane of the job, from 0.</param>
    /// <param name="cost">Emulated compute time; wall time takes the time it takes.</param>
    /// <param name="job">The job.</param>
    /// <param name="owner">The actor that is told.</param>
    /// <param name="inline">Where the owner takes messages inline; null for the mailbox alone.</param>
    public abstract void Submit(
        int lane, TimeSpan cost, ComputeJob job, IActorRef owner, IInlineReceiver? inline = null);

    /// <summary>Submits a function, whose result is told when it is due.</summary>
    /// <param name="lane">Lane of the work, from 0.</param>
    /// <param name="cost">Emulated compute time.</param>
    /// <param name="work">The work; returns the message to tell.</param>
    /// <param name="replyTo">The actor that is told.</param>
    public void Submit(int lane, TimeSpan cost, Func<object> work, IActorRef replyTo) =>
        Submit(lane, cost, new FunctionJob(work), replyTo);

    /// <summary>
    /// Does an instant job and reserves its time in the lane; returns when that time is over, and tells no actor. Null
    /// in wall time, where that moment is unknown: then nothing is done.
    /// </summary>
    /// <param name="lane">Lane whose time it takes.</param>
    /// <param name="cost">Emulated compute time.</param>
    /// <param name="job">The job.</param>
    public virtual TimeSpan? RunInstant(int lane, TimeSpan cost, ComputeJob job) => null;

    /// <summary>True when a moment that <see cref="RunInstant"/> returned has come.</summary>
    public virtual bool HasElapsed(TimeSpan moment) => true;

    /// <summary>
    /// Runs a pure function outside the lanes at no emulated cost. Reading the result waits until it is there.
    /// </summary>
    /// <returns>Reads the result.</returns>
    public abstract Func<T> RunOffLane<T>(Func<T> work)
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
