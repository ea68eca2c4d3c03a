using Akka.Actor;
using BitTensor.Actors.View;
using BitTensor.Learning;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Trains the neuron's model on an iteration whose replies are there, sends the peers their gradients (section 1.6,
/// steps 3 and 4), and keeps what the steps show of the peers' worth. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="self">Its actor.</param>
/// <param name="inline">Its actor, in virtual time.</param>
/// <param name="delayed">What it sends later than it could.</param>
sealed class LocalTraining(NeuronState state, IActorRef self, IInlineReceiver inline, DelayedSends delayed)
{
    readonly NeuronPlan _plan = state.Plan;
    readonly List<TrainJob> _unread = [];
    readonly EvidenceWindow? _fresh =
        state.Plan.Population.Significance is { IsFresh: true } fresh ? new EvidenceWindow(fresh.Average) : null;

    /// <summary>True while a step is computed.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What the steps showed since the last block, or the newest iterations on data kept aside.</summary>
    public SlotEvidence Evidence { get; } = new(state.Plan.Slots.Length);

    /// <summary>What the neuron did while the block was open.</summary>
    public BlockTally Tally { get; } = new(state.Plan);

    /// <summary>Who served the neuron since the last audit; null in a run without audits.</summary>
    public ServiceLog? Service { get; } =
        state.Run.Scenario.Audit.EveryBlocks > 0 ? new ServiceLog(state.Plan.OwnSlot) : null;

    /// <summary>Has the trained gate choose whom to ask; the neuron is told the job when it is done.</summary>
    public void BeginChoice(Iteration iteration, bool all) => state.Run.Compute.Submit(
        state.Id, TimeSpan.Zero, new GateJob(state, iteration, all), self, inline);

    /// <summary>Has the student learn; the neuron is told the job when it is done.</summary>
    public void BeginStudy(StudyJob job) =>
        state.Run.Compute.Submit(state.Id, TimeSpan.Zero, job, self, inline);

    /// <summary>Trains on the replies that have come. A missing reply is zero input.</summary>
    public void Begin(Iteration iteration)
    {
        if (iteration.Heard < iteration.Asked)
        {
            state.Count(Happenings.QueryMissing, iteration.Asked - iteration.Heard);
        }
        Tally.Answers += iteration.Answered;
        IsRunning = true;
        var job = new TrainJob(state, iteration, iteration.View.MaskFrom(_plan.OwnSlot));
        state.Run.Compute.Submit(state.Id, state.Health.Takes(_plan.Population.Training.StepCost), job, self, inline);
    }

    /// <summary>A step is computed, or its compute time is over and reading it computes it.</summary>
    public void HandleTrainJob(TrainJob job)
    {
        if (job.Life != state.Life)
        {
            return;
        }
        IsRunning = false;
        if (!job.Iteration.Batch.IsAside)
        {
            state.Steps++;
            Service?.Add(job.Iteration.Replies, job.Iteration.AskedSlots);
        }
        if (job.IsInstant)
        {
            Read(job);
        }
        else
        {
            _unread.Add(job);
        }
        if (job.Iteration.Batch.IsAside)
        {
            state.Count(Happenings.QueryUntaught, job.Iteration.Answered);
        }
        else if (state.Strategies.FollowsProtocol)
        {
            SendGradients(job);
        }
        else
        {
            Depart(job);
        }
    }

    /// <summary>
    /// Reads the steps since the last block: their results are needed when a block opens and not before.
    /// </summary>
    public void ReadSteps()
    {
        _unread.ForEach(Read);
        _unread.Clear();
        _fresh?.CopyTo(Evidence);
    }

    /// <summary>Ends the step that is computed and forgets the evidence.</summary>
    public void Crash()
    {
        ReadSteps();
        Evidence.Clear();
        _fresh?.Clear();
        Tally.Crash();
        IsRunning = false;
    }

    void SendGradients(TrainJob job)
    {
        for (var slot = 0; slot < job.Iteration.Replies.Length; slot++)
        {
            if (job.Iteration.Replies[slot] is not null)
            {
                Send(slot, job.Iteration, job.IsInstant ? new(job.GradientOf(slot)) : DeferredGradientOf(job, slot));
            }
        }
    }

    /// <summary>Sends the gradients that the neuron's strategies have it send.</summary>
    void Depart(TrainJob job)
    {
        for (var k = 0; k < job.Iteration.Replies.Length; k++)
        {
            var slot = k;
            if (job.Iteration.Replies[slot] is null)
            {
                continue;
            }
            if (state.Strategies.Taught(slot, () => job.GradientOf(slot)) is { } gradient)
            {
                delayed.After(
                    state.Strategies.Holds(ParcelKind.Backward), () => Send(slot, job.Iteration, new(gradient)));
            }
            else
            {
                state.Count(Happenings.QueryUntaught);
            }
        }
    }

    static Deferred<Tensor> DeferredGradientOf(TrainJob job, int slot) => new(() => job.GradientOf(slot));

    void Send(int slot, Iteration iteration, in Deferred<Tensor> gradient)
    {
        var query = new QueryId(state.Id, iteration.Sequence);
        var bytes = state.BytesOf(iteration.RowsAsked(slot), state.Model.Width);
        Tally.Exchanged(bytes);
        var message = gradient.Ready is { } ready ? new(MessageOf(query, ready)) : DeferredMessageOf(query, gradient);
        state.Links.Send(_plan.Slots[slot], ParcelKind.Backward, bytes, message);
    }

    // Apart: C# makes the closures of a method at its entry, and gradients that are there need none.
    Deferred<QueryMessage.Backward> DeferredMessageOf(QueryId query, Deferred<Tensor> gradient) =>
        new(() => MessageOf(query, gradient.Read()));

    QueryMessage.Backward MessageOf(QueryId query, Tensor gradient) =>
        new(query, TensorPayload.Rounded(gradient, state.Run.Encoding));

    void Read(TrainJob job)
    {
        var (iteration, step) = (job.Iteration, job.Step);
        if (!iteration.Batch.IsAside)
        {
            Tally.Add(step);
        }
        if (_fresh is null)
        {
            AddTo(Evidence, iteration, step);
        }
        else if (iteration.Batch.IsAside)
        {
            var evidence = new SlotEvidence(_plan.Slots.Length);
            AddTo(evidence, iteration, step);
            _fresh.Add(iteration.Batch.Inputs.Rows, evidence);
        }
    }

    void AddTo(SlotEvidence evidence, Iteration iteration, TrainingStep step)
    {
        evidence.Begin(iteration.AskedSlots, step.Importance);
        for (var k = 0; k < iteration.Replies.Length; k++)
        {
            if (k == _plan.OwnSlot ? state.Model.MasksOwnSlot : iteration.Replies[k] is not null)
            {
                evidence.Add(k, iteration.View.LossGradient(k, step.MaskSensitivity[k]), step.Significance?[k] ?? 0);
            }
        }
    }
}
