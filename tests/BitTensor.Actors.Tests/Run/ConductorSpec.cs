using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Tests;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>When the end of a run asks no further: parcels sent and ended in each round, by script.</summary>
public sealed class ConductorSpec
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_run_is_at_rest_when_all_that_was_sent_has_ended_by_the_round_before()
    {
        using var stage = new ConductorStage(Patience, rounds: 6, round => (8, round == 1 ? 7 : 8, 0));
        // The first round in which 8 had ended is the second, and the third proves it.
        Assert.Equal((3, true), stage.Play());
    }

    [Fact]
    public void Counts_that_are_gone_with_a_machine_end_in_the_quiet_round()
    {
        using var stage = new ConductorStage(Patience, rounds: 6, _ => (10, 8, 0));
        Assert.Equal((4, false), stage.Play());
        // Rounds begin after 100, 200, 400 and 800 ms.
        Assert.Equal(1.5, stage.Seconds, 9);
    }

    [Fact]
    public void A_round_in_which_anything_changed_is_not_quiet()
    {
        using var sending = new ConductorStage(Patience, rounds: 9, round => (10 + Math.Min(round, 5), 8, 0));
        Assert.Equal((6, false), sending.Play());
        using var ending = new ConductorStage(Patience, rounds: 9, round => (20, 8 + Math.Min(round, 6), 0));
        Assert.Equal((7, false), ending.Play());
    }

    [Fact]
    public void A_round_is_not_quiet_while_an_actor_works()
    {
        using var stage = new ConductorStage(Patience, rounds: 6, round => (10, 8, round < 5 ? 1 : 0));
        Assert.Equal((5, false), stage.Play());
    }

    [Fact]
    public void One_process_loses_no_counts_so_it_asks_until_its_last_round()
    {
        using var stage = new ConductorStage(null, rounds: 7, _ => (10, 8, 0));
        Assert.Equal((7, false), stage.Play());
    }

    [Fact]
    public void A_machine_that_never_answers_costs_a_wait_for_each_round_and_no_more()
    {
        using var stage = new ConductorStage(Patience, rounds: 3, _ => null);
        Assert.Equal((3, false), stage.Play());
        Assert.Equal(0.1 + 3 * Patience.TotalSeconds, stage.Seconds, 9);
    }

    /// <summary>A conductor, and recorders that answer for ledger, neurons and audit.</summary>
    sealed class ConductorStage : VirtualStage
    {
        const int Neurons = 2;

        readonly IActorRef _conductor;
        readonly Func<int, (long Sent, long Ended, int Working)?> _script;
        int _rounds;

        /// <param name="patience">Time to wait for a machine that is gone.</param>
        /// <param name="rounds">Most rounds.</param>
        /// <param name="script">
        /// Parcels sent and ended, and work that is open, in a round from 1; null when one does not answer.
        /// </param>
        public ConductorStage(
            TimeSpan? patience, int rounds, Func<int, (long Sent, long Ended, int Working)?> script)
        {
            _script = script;
            var scenario = Stage.Read(
                "version: 1\nname: stage\nseed: 3\nduration: 1 blocks\npopulations: "
                + $"[{{ name: a, count: {Neurons}, model: {{ kind: quadratic }} }}]\n");
            var run = new RunContext(
                scenario, "run", Roster.Draw(scenario), Compute, new RunClock(System.Scheduler));
            for (var address = Addresses.Ledger; address < Neurons; address++)
            {
                run.Actors.Register(address, Recorder(address));
            }
            _conductor = System.ActorOf(Props.Create<ConductorActor>(
                run, Recorder(Addresses.Journal), Recorder(Addresses.Audit), new TaskCompletionSource(), rounds,
                patience));
            OnHeard = Answer;
        }

        /// <summary>Emulated seconds until the audit was told to finish.</summary>
        public double Seconds { get; private set; }

        /// <summary>Closes the last block and lets the run end.</summary>
        /// <returns>Rounds that were asked, and whether the run was at rest.</returns>
        public (int Rounds, bool AtRest) Play()
        {
            _conductor.Tell(new ControlMessage.LastBlockClosed(1), ActorRefs.NoSender);
            Kernel.Run(() => false);
            return (_rounds, Assert.Single(Heard<ControlMessage.CloseJournal>(Addresses.Journal)).AtRest);
        }

        void Answer(int address, object message)
        {
            switch (message)
            {
                case ControlMessage.Settle:
                    _rounds += address == Addresses.Ledger ? 1 : 0;
                    // All counts stand at the ledger; the neurons sent nothing.
                    if (_script(_rounds) is var (sent, ended, working))
                    {
                        _conductor.Tell(
                            address == Addresses.Ledger
                                ? new ControlMessage.Settled(sent, ended, working, [])
                                : new ControlMessage.Settled(0, 0, 0, []),
                            ActorRefs.NoSender);
                    }
                    break;
                case ControlMessage.FinishAudits:
                    Seconds = Kernel.Now.TotalSeconds;
                    _conductor.Tell(new ControlMessage.AuditsFinished(), ActorRefs.NoSender);
                    break;
            }
        }
    }
}
