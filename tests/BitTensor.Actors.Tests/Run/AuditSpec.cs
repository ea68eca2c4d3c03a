using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The audit's actor among neurons that answer at once.</summary>
public sealed class AuditSpec
{
    [Fact]
    public void A_block_that_is_announced_again_before_or_after_its_audit_is_audited_once()
    {
        using var stage = new AuditStage();
        foreach (var second in (double[])[1, 1, 2, 40])
        {
            stage.BlockCloses(second, height: 0);
        }
        stage.BlockCloses(50, height: 5);
        stage.Runs();
        Assert.Equal([(0, 0), (0, 1), (0, 2), (5, 0), (5, 1), (5, 2)], stage.Rows);
    }

    /// <summary>Three quadratic neurons, which need no copy.</summary>
    sealed class AuditStage : VirtualStage
    {
        const int Count = 3;

        readonly IActorRef _audit;
        readonly RunContext _run;

        public AuditStage()
        {
            var scenario = Stage.Read(
                "version: 1\nname: stage\nseed: 3\nduration: 9 blocks\npopulations: "
                + $"[{{ name: a, count: {Count}, model: {{ kind: quadratic }} }}]\n");
            var plans = Roster.Draw(scenario);
            _run = new RunContext(scenario, "stage-3", plans, Compute, new RunClock(System.Scheduler));
            var auditor = new Auditor(scenario, plans, new ModelFactory(scenario, plans));
            var journal = Recorder(Addresses.Journal);
            _audit = System.ActorOf(Props.Create(() => new AuditActor(_run, auditor, journal, null)));
            for (var i = 0; i < Count; i++)
            {
                _run.Actors.Register(i, Recorder(i));
            }
            OnHeard = (neuron, message) =>
            {
                if (message is ControlMessage.TakeSnapshot take)
                {
                    _audit.Tell(new ControlMessage.SnapshotTaken(take.Height, neuron, auditor.LossOf(neuron), []));
                }
            };
        }

        public IEnumerable<(long Block, int Neuron)> Rows =>
            Heard<ControlMessage.AuditRecorded>(Addresses.Journal).SelectMany(a => a.Rows)
                .Select(r => (r.Block, r.Neuron));

        public void BlockCloses(double second, long height)
        {
            WeightRow[] rows = [.. Enumerable.Range(0, Count).Select(_ => WeightRow.Dense([0.4, 0.3, 0.3]))];
            var market = Market.At(height + 1, rows, [1, 1, 1], new MechanismParameters());
            At(second, _audit, new ControlMessage.AuditBlock(height, market));
        }

        public void Runs() => Kernel.Run(() => false);
    }
}
