using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// A piece of computing, and the message that its emulated time is over. The owner submits it to a lane of
/// <see cref="Compute"/> and is told the job itself when it is due. The result may be computed before that or later:
/// <see cref="Complete"/> waits for it.
/// </summary>
public abstract class ComputeJob : IRunnable
{
    /// <summary>
    /// True when the work is so small that no other thread is worth it: in virtual time it is done when it is
    /// submitted.
    /// </summary>
    public virtual bool IsInstant => false;

    /// <summary>What the owner is told when the job is due: the job.</summary>
    protected virtual object Message => this;

    /// <summary>Its place in a lane; null for a job that was done when it was submitted.</summary>
    internal LanePlace? Place { get; set; }

    /// <summary>An <see cref="IActorRef"/>, or an <see cref="IInlineReceiver"/> in virtual time.</summary>
    internal object Owner { get; set; } = ActorRefs.Nobody;

    /// <summary>
    /// Does the work: touches what the lane owns and what the job was given, nothing else. May run on any thread.
    /// </summary>
    protected internal abstract void Compute();

    /// <summary>Waits until the work is done; does it if no other thread has begun it.</summary>
    /// <exception cref="EmulationException">The job failed, or an earlier job of its lane.</exception>
    protected void Complete() => Place?.Complete(this);

    /// <summary>The job is due: its owner is told.</summary>
    public void Run()
    {
        if (Owner is IActorRef actor)
        {
            actor.Tell(Message, ActorRefs.NoSender);
        }
        else
        {
            ((IInlineReceiver)Owner).Receive(Message);
        }
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>A job's place in a lane: the order in which workers take it, and how it ended.</summary>
sealed class LanePlace(VirtualCompute compute, ComputeLane lane, TimeSpan due, long sequence)
{
    volatile bool _done;

    public ComputeLane Lane => lane;

    public (long Ticks, long Sequence) Order => (due.Ticks, sequence);

    public bool IsDone => _done;

    /// <summary>
    /// Failure of this job, or of an earlier one of its lane that was not waited for; null when it succeeded.
    /// </summary>
    public Exception? Failure { get; private set; }

    public void Complete(ComputeJob job)
    {
        compute.Finish(job);
        if (Failure is { } failure)
        {
            throw new EmulationException($"A compute job failed: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Does the work unless an earlier job of the lane failed: then no result of the lane can be trusted.
    /// </summary>
    public void Work(ComputeJob job)
    {
        try
        {
            if (lane.Failure is null)
            {
                job.Compute();
            }
        }
#pragma warning disable CA1031 // Whatever a job throws is carried to the kernel's thread, which ends the run with it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lane.Failure = failure;
        }
        Failure = lane.Failure;
        _done = true;
    }
}

/// <summary>Jobs that run one after another. Guarded by the gate of its <see cref="VirtualCompute"/>.</summary>
sealed class ComputeLane
{
    public Queue<ComputeJob> Jobs { get; } = new();

    public bool Busy { get; set; }

    public bool Offered { get; set; }

    public bool Ready => !Busy && Jobs.Count > 0;

    /// <summary>Why no result of this lane can be trusted any more. Belongs to the thread that runs its job.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>A job made of a function; its owner is told the result.</summary>
sealed class FunctionJob(Func<object> work) : ComputeJob
{
    object? _result;

    public object Result
    {
        get
        {
            Complete();
            return _result!;
        }
    }

    protected override object Message => Result;

    protected internal override void Compute() => _result = work();
}
