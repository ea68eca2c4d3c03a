using System.Collections.Immutable;
using System.Data.Common;
using Akka.Actor;
using Akka.Cluster;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;
using BitTensor.Records;
using Google.Protobuf;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>
/// The cluster's singleton, parent of ledger and archive. It polls the status of every node periodically. From the
/// reports it learns of the run, takes the ledger over under a new epoch, places the neurons and starts the blocks. Its
/// durable state is in the store, so that the authority of another node can continue.
/// </summary>
sealed class AuthorityActor : ReceiveActor, IWithTimers
{
    static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Polls a node may leave unanswered before it loses its neurons. A flapping connection recovers in less time.
    /// </summary>
    const int Patience = 10;

    /// <summary>
    /// Polls without a supervisor, which is still a member, after the last block until the run is over.
    /// </summary>
    const int SupervisorPatience = 60;

    readonly NodeRouter _router;
    readonly Func<string, LedgerPlace> _placeOf;
    readonly NodeState _state;
    readonly Action<Exception> _fenced;
    readonly ILogger _log;
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    readonly Dictionary<Address, Answered> _reports = [];
    readonly HashSet<string> _finished = [];
    readonly Dictionary<IActorRef, AuthorityTerm> _ending = [];
    readonly Dictionary<string, long> _held = [];
    AuthorityTerm? _term;
    long _polls;
    bool _over;

    /// <param name="router">This node's router.</param>
    /// <param name="placeOf">Where the ledger of a run is.</param>
    /// <param name="state">The node's published state.</param>
    /// <param name="fenced">Called when another authority has taken over: this process must end.</param>
    /// <param name="log">Log.</param>
    public AuthorityActor(
        NodeRouter router, Func<string, LedgerPlace> placeOf, NodeState state, Action<Exception> fenced, ILogger log)
    {
        _router = router;
        _placeOf = placeOf;
        _state = state;
        _fenced = fenced;
        _log = log;

        Receive<PollDue>(_ => HandlePollDue());
        Receive<ClusterMessage.StatusReport>(HandleStatusReport);
        Receive<ControlMessage.LastBlockClosed>(HandleLastBlockClosed);
        Receive<Terminated>(HandleTerminated);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _log.Information("The authority is at node {Node}", _router.Place.Name);
        _state.HasLedger = true;
        Timers.StartSingleTimer("poll", new PollDue(), TimeSpan.Zero);
    }

    protected override void PostStop()
    {
        // Its children have stopped before it.
        _term?.Close();
        foreach (var term in _ending.Values)
        {
            term.Close();
        }
        _state.HasLedger = false;
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        LayDown();
        if (failure is LedgerFencedException)
        {
            EndFenced(failure);
        }
        else
        {
            _log.Error(failure, "The ledger failed; it is opened again");
        }
        return Directive.Stop;
    });

    void EndFenced(Exception failure)
    {
        if (!_over)
        {
            _over = true;
            Timers.CancelAll();
            _log.Fatal("Another authority has taken over the ledger: this node ends");
            _fenced(failure);
        }
    }

    void HandlePollDue()
    {
        _polls++;
        var living = _cluster.State.Members.Where(MemberWatch.IsLiving).ToList();
        var members = living.Where(m => !MemberWatch.IsTaken(m, living)).Select(m => m.Address).ToHashSet();
        foreach (var gone in _reports.Keys.Where(a => !members.Contains(a)).ToList())
        {
            _reports.Remove(gone);
        }
        Govern();
        var poll = new ClusterMessage.StatusPoll(
            _term?.Epoch ?? 0, _term?.Run ?? "", false, _router.Place, _term?.Placement.Version ?? 0, WireLimits.Major);
        foreach (var member in members)
        {
            AgentAt(member).Tell(poll, Self);
        }
        // Polls follow one another however long one takes: a node that was not polled has not failed to report.
        Timers.StartSingleTimer("poll", new PollDue(), PollEvery);
    }

    void HandleStatusReport(ClusterMessage.StatusReport report)
    {
        if (_over)
        {
            return;
        }
        var from = Sender.Path.Address.HasGlobalScope ? Sender.Path.Address : _cluster.SelfAddress;
        if (_cluster.State.Members.FirstOrDefault(m => m.Address == from) is not { } member
            || MemberWatch.IsTaken(member, _cluster.State.Members.Where(MemberWatch.IsLiving))
            || !_router.HasProven(report.Place.Name, member.UniqueAddress.Uid))
        {
            // Not a member, a member with another's name, or a name that no link has proven: its report is ignored.
            return;
        }
        _reports[from] = new Answered(report, _polls);
        if (report.Run.Length > 0 && _finished.Contains(report.Run))
        {
            Sender.Tell(OverOf(report.Run));
        }
        else if (_term is null && report.Run.Length > 0)
        {
            TakeOver(report.Run);
        }
        else if (_term is { } term && (report.Run == term.Run || report.Run.Length == 0))
        {
            term.Supervisor = report.Supervisor ? from : term.Supervisor;
            Inform(term, report);
        }
    }

    void Inform(AuthorityTerm term, ClusterMessage.StatusReport report)
    {
        if (!report.HasDescriptor)
        {
            Sender.Tell(term.Descriptor with { Epoch = term.Epoch });
        }
        else if (report.Placement < term.Placement.Version)
        {
            Sender.Tell(new ClusterMessage.Placed(term.Run, term.Epoch, term.Placement));
        }
        if (report.Supervisor && report.Done)
        {
            Finish(term);
        }
        else if (report.Supervisor && term.Begun)
        {
            term.Ledger.Tell(new ControlMessage.RepeatRecords(report.Recorded));
        }
    }

    void TakeOver(string run)
    {
        try
        {
            long? held = _held.TryGetValue(run, out var epoch) ? epoch : null;
            _term = AuthorityTerm.Begin(run, _placeOf(run), held, _router, Context);
            if (_term is null)
            {
                _finished.Add(run);
                return;
            }
            _held[run] = _term.Epoch;
            _state.Epoch = _term.Epoch;
            _log.Information("Run {Run}: epoch {Epoch} begins at block {Block}", run, _term.Epoch, _term.Height);
        }
        catch (LedgerFencedException failure)
        {
            EndFenced(failure);
        }
        catch (Exception failure) when (failure is DbException or LedgerException or ClusterException)
        {
            _log.Error("The ledger of run {Run} cannot be opened: {Why}", run, failure.Message);
        }
    }

    /// <summary>Places the neurons without a node, and starts the blocks when every neuron has one.</summary>
    void Govern()
    {
        if (_term is not { } term)
        {
            return;
        }
        var present = _reports.Values.Where(a => _polls - a.Poll <= Patience && a.Report.Major == WireLimits.Major)
            .Select(a => a.Report).ToList();
        var hosts = HostsAmong(present);
        if (term.Begun || hosts.Count >= term.Descriptor.ExpectNodes)
        {
            var supervisor = present.FirstOrDefault(a => a.Supervisor && a.Run == term.Run)?.Place.Name;
            term.Place(present.Select(a => a.Place), hosts, supervisor, _log);
        }
        if (!term.Begun && AllAtHome(term, present))
        {
            term.Begun = true;
            term.Ledger.Tell(new ControlMessage.Begin());
        }
        if (term.Last is { } last)
        {
            _router.Send(Addresses.Conductor, last);
            FinishWithoutSupervisor(term);
        }
    }

    HashSet<string> HostsAmong(IEnumerable<ClusterMessage.StatusReport> present)
    {
        var able = _cluster.State.Members
            .Where(m => m.Status == MemberStatus.Up && m.HasRole(NodeRole.Neurons)).Select(m => m.Address).ToHashSet();
        return
        [
            .. _reports.Where(a => able.Contains(a.Key)).Select(a => a.Value.Report)
                .Where(r => !r.Leaving && present.Contains(r)).Select(r => r.Place.Name),
        ];
    }

    static bool AllAtHome(AuthorityTerm term, List<ClusterMessage.StatusReport> present) =>
        term.Height > 0
        || (term.Placement.HostOf.All(h => h >= 0)
            && present.Where(r => r.Placement == term.Placement.Version).Sum(r => r.Hosted.Length)
                >= term.Placement.HostOf.Length);

    void HandleLastBlockClosed(ControlMessage.LastBlockClosed last)
    {
        if (_term is { } term)
        {
            term.Last = last;
            term.LastSince = _polls;
        }
    }

    /// <summary>
    /// Without a supervisor no process waits for the last parcels: the run ends, after a while where the supervisor may
    /// only be out of reach.
    /// </summary>
    void FinishWithoutSupervisor(AuthorityTerm term)
    {
        var isGone = term.Supervisor is { } address && _cluster.State.Members.All(m => m.Address != address);
        if (term.Placement.Supervisor < 0 && (isGone || _polls - term.LastSince > SupervisorPatience))
        {
            Finish(term);
        }
    }

    void Finish(AuthorityTerm term)
    {
        _log.Information("Run {Run} is over", term.Run);
        _finished.Add(term.Run);
        term.KeepFinished();
        LayDown();
        foreach (var member in _reports.Keys)
        {
            AgentAt(member).Tell(OverOf(term.Run), Self);
        }
    }

    ClusterMessage.StatusPoll OverOf(string run) => new(long.MaxValue, run, true, _router.Place, 0, WireLimits.Major);

    void LayDown()
    {
        if (_term is { } term)
        {
            _term = null;
            _ending[term.Ledger] = term;
            term.End(Context, _router);
        }
    }

    void HandleTerminated(Terminated terminated)
    {
        if (_ending.Remove(terminated.ActorRef, out var term))
        {
            term.Close();
        }
    }

    static ICanTell AgentAt(Address member) =>
        Context.ActorSelection(new RootActorPath(member) / "user" / AkkaRemote.Agent);

    sealed record PollDue;

    sealed record Answered(ClusterMessage.StatusReport Report, long Poll);
}
