using Akka.Actor;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Where a neuron computes for its callers: its own lane of compute, or the workers of its service limits. Counts the
/// jobs that are not over, and ends those of an earlier life. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="self">Its actor.</param>
/// <param name="inline">Its actor, in virtual time.</param>
/// <param name="timers">Its timers.</param>
/// <param name="onward">Queries about the queries of others; null but at depth 2.</param>
sealed class ServerLane(
    NeuronState state, IActorRef self, IInlineReceiver inline, NeuronTimers timers, OnwardClient? onward)
{
    readonly ServingSpec _spec = state.Plan.Population.Serving;
    // Instant learning jobs, the oldest first. In a large network these are a fifth of all events, so they have no
    // timers: they end when the neuron handles its next message (decision 11).
    ShortQueue<(TimeSpan Over, LearnJob Job)> _instant;
    ServiceQueue<ServerJob>? _service;

    /// <summary>Jobs that have begun and are not over.</summary>
    public int Running { get; private set; }

    /// <summary>True when no job has begun that is not over.</summary>
    public bool IsIdle => Running == 0 && _service is not { IsBusy: true };

    /// <summary>True when one more job would be too many.</summary>
    public bool IsFull => Running >= _spec.OpenQueries;

    /// <summary>Runs a job in the neuron's own time, or when a worker of its service limits is free.</summary>
    /// <param name="job">The job.</param>
    /// <param name="costs">False when a strategy saves the compute time.</param>
    public void Run(ServerJob job, bool costs = true)
    {
        if (_spec.Limits is { } limits)
        {
            _service ??= new ServiceQueue<ServerJob>(limits, Begin, static (refused, reason) => refused.Refuse(reason));
            _service.Offer(job, state.View!.BidOf(job.Parcel.From), state.Now);
        }
        else
        {
            Submit(job, costs ? state.Health.Takes(_spec.Cost) : TimeSpan.Zero);
        }
    }

    /// <summary>A worker's time is over: the job itself takes none.</summary>
    public void HandleServed(Served served)
    {
        if (served.Life != state.Life)
        {
            state.Links.End(served.Job.Parcel, state.Death);
            return;
        }
        Submit(served.Job, TimeSpan.Zero);
        _service!.Done(state.Now);
    }

    /// <summary>Takes a job out that is over. False for a job of an earlier life: its parcel ends here.</summary>
    public bool Ends(ServerJob job)
    {
        if (job.Life != state.Life)
        {
            state.Links.End(job.Parcel, state.Death);
            return false;
        }
        Running--;
        return true;
    }

    /// <summary>Ends the instant jobs whose time is over. A paused neuron ends none.</summary>
    public void EndInstantJobs()
    {
        while (_instant.First is { } first && !state.Health.Paused && state.Run.Compute.HasElapsed(first.Over))
        {
            _instant.TryDequeue(out _);
            EndLearnJob(first.Job);
        }
    }

    /// <summary>Counts a gradient as a step that the model made, unless the neuron died since.</summary>
    public void EndLearnJob(LearnJob job)
    {
        if (Ends(job))
        {
            state.Steps++;
            state.Links.End(job.Parcel, ParcelOutcome.Trained);
            onward?.SendGradients(job);
        }
    }

    /// <summary>Ends the jobs that wait for a worker; those that have begun end when they are over.</summary>
    /// <param name="outcome">The outcome of their parcels.</param>
    public void EndWaiting(ParcelOutcome outcome) =>
        _service?.TakeWaiting().ForEach(waited => state.Links.End(waited.Parcel, outcome));

    /// <summary>Ends all jobs; those that are still computed end when they are over.</summary>
    public void Crash()
    {
        EndWaiting(state.Death);
        _service?.Clear();
        while (_instant.TryDequeue(out var instant))
        {
            state.Links.End(instant.Job.Parcel, state.Death);
        }
        Running = 0;
    }

    void Begin(ServerJob job) => timers.After(state.Health.Takes(_spec.Cost), new Served(state.Life, job));

    void Submit(ServerJob job, TimeSpan cost)
    {
        Running++;
        if (job is LearnJob { IsInstant: true } learn && _spec.Limits is null && state.Strategies.FollowsProtocol
            && state.Run.Compute.RunInstant(state.Id, cost, learn) is { } over)
        {
            _instant.Enqueue((over, learn));
            if (state.Run.ParcelObserver is not null)
            {
                // An observer sees it end at its time.
                timers.After(over - state.Run.Clock.Elapsed, new InstantOver());
            }
        }
        else
        {
            state.Run.Compute.Submit(state.Id, cost, job, self, inline);
        }
    }

    /// <summary>A worker has spent its time on a job.</summary>
    public sealed record Served(int Life, ServerJob Job);

    /// <summary>An instant job is over: the message makes the neuron end it.</summary>
    public sealed record InstantOver;
}
