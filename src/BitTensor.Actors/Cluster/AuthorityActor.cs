using System.Collections.Immutable;
using System.Data.Common;
using Akka.Actor;
using Akka.Cluster;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;
using BitTensor.Records;
using Google.Protobuf;
using Serilog;

namespace BitTensor.Actors.Cluster;

/// <summary>
/// The cluster's singleton: conductor of the nodes, and seat of ledger and archive. It calls the roll again and again; from the answers
/// it learns of the run, takes the ledger over under a new epoch, places the neurons and lets the blocks run. All it must not forget is
/// in the store, so another node's authority can go on.
/// </summary>
sealed class AuthorityActor : ReceiveActor, IWithTimers
{
    static readonly TimeSpan RollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Rolls a node may leave unanswered before nothing is placed on it: more than a connection that flaps takes to recover.</summary>
    const int Patience = 10;

    /// <summary>Rolls without a laboratory after the last block until the run is over.</summary>
    const int LaboratoryPatience = 60;

    readonly PostOffice _post;
    readonly Func<string, LedgerPlace> _placeOf;
    readonly NodeState _state;
    readonly Action<Exception> _fenced;
    readonly ILogger _log;
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    readonly Dictionary<Address, Answered> _answers = [];
    readonly HashSet<string> _finished = [];
    readonly Dictionary<IActorRef, Tenure> _ending = [];
    readonly Dictionary<string, long> _held = [];
    Tenure? _tenure;
    long _rolls;
    bool _over;

    /// <param name="post">This node's post.</param>
    /// <param name="placeOf">Where the ledger of a run is.</param>
    /// <param name="state">What the node shows of itself.</param>
    /// <param name="fenced">Told when another authority has taken over: this process must end.</param>
    /// <param name="log">Log.</param>
    public AuthorityActor(PostOffice post, Func<string, LedgerPlace> placeOf, NodeState state, Action<Exception> fenced, ILogger log)
    {
        _post = post;
        _placeOf = placeOf;
        _state = state;
        _fenced = fenced;
        _log = log;

        Receive<Call>(_ => HandleCall());
        Receive<ClusterMessage.RollAnswer>(HandleRollAnswer);
        Receive<ControlMessage.LastBlockClosed>(HandleLastBlockClosed);
        Receive<Terminated>(HandleTerminated);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _log.Information("The authority is at node {Node}", _post.Place.Name);
        _state.HasLedger = true;
        Timers.StartSingleTimer("call", new Call(), TimeSpan.Zero);
    }

    protected override void PostStop()
    {
        // Its children have stopped before it.
        _tenure?.Close();
        foreach (var tenure in _ending.Values)
        {
            tenure.Close();
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

    void HandleCall()
    {
        _rolls++;
        var living = _cluster.State.Members.Where(MemberWatch.IsLiving).ToList();
        var members = living.Where(m => !MemberWatch.IsTaken(m, living)).Select(m => m.Address).ToHashSet();
        foreach (var gone in _answers.Keys.Where(a => !members.Contains(a)).ToList())
        {
            _answers.Remove(gone);
        }
        Govern();
        var roll = new ClusterMessage.Roll(
            _tenure?.Epoch ?? 0, _tenure?.Run ?? "", false, _post.Place, _tenure?.Placement.Version ?? 0, WireLimits.Major);
        foreach (var member in members)
        {
            AgentAt(member).Tell(roll, Self);
        }
        // One after another, however long one takes: who was not called has not failed to answer.
        Timers.StartSingleTimer("call", new Call(), RollEvery);
    }

    void HandleRollAnswer(ClusterMessage.RollAnswer answer)
    {
        if (_over)
        {
            return;
        }
        var from = Sender.Path.Address.HasGlobalScope ? Sender.Path.Address : _cluster.SelfAddress;
        if (_cluster.State.Members.FirstOrDefault(m => m.Address == from) is not { } member
            || MemberWatch.IsTaken(member, _cluster.State.Members.Where(MemberWatch.IsLiving))
            || !_post.HasProven(answer.Place.Name, member.UniqueAddress.Uid))
        {
            // A stranger, one whose name is another's, or a name that no link has proven yet: nothing is placed on it, and it decides nothing.
            return;
        }
        _answers[from] = new Answered(answer, _rolls);
        if (answer.Run.Length > 0 && _finished.Contains(answer.Run))
        {
            Sender.Tell(OverOf(answer.Run));
        }
        else if (_tenure is null && answer.Run.Length > 0)
        {
            TakeOver(answer.Run);
        }
        else if (_tenure is { } tenure && (answer.Run == tenure.Run || answer.Run.Length == 0))
        {
            Inform(tenure, answer);
        }
    }

    void Inform(Tenure tenure, ClusterMessage.RollAnswer answer)
    {
        if (!answer.Chartered)
        {
            Sender.Tell(tenure.Charter with { Epoch = tenure.Epoch });
        }
        else if (answer.Placement < tenure.Placement.Version)
        {
            Sender.Tell(new ClusterMessage.Placed(tenure.Run, tenure.Epoch, tenure.Placement));
        }
        if (answer.Laboratory && answer.Done)
        {
            Finish(tenure);
        }
        else if (answer.Laboratory && tenure.Begun)
        {
            tenure.Ledger.Tell(new ControlMessage.RepeatRecords(answer.Recorded));
        }
    }

    void TakeOver(string run)
    {
        try
        {
            _tenure = Tenure.Begin(run, _placeOf(run), _held.TryGetValue(run, out var held) ? held : null, _post, Context);
            if (_tenure is null)
            {
                _finished.Add(run);
                return;
            }
            _held[run] = _tenure.Epoch;
            _state.Epoch = _tenure.Epoch;
            _log.Information("Run {Run}: epoch {Epoch} begins at block {Block}", run, _tenure.Epoch, _tenure.Height);
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

    /// <summary>Places whoever has no place, and lets the blocks run when everybody has one.</summary>
    void Govern()
    {
        if (_tenure is not { } tenure)
        {
            return;
        }
        var present = _answers.Values.Where(a => _rolls - a.Roll <= Patience && a.Answer.Major == WireLimits.Major).Select(a => a.Answer).ToList();
        var hosts = HostsAmong(present);
        if (tenure.Begun || hosts.Count >= tenure.Charter.ExpectNodes)
        {
            var laboratory = present.FirstOrDefault(a => a.Laboratory && a.Run == tenure.Run)?.Place.Name;
            tenure.Place(present.Select(a => a.Place), hosts, laboratory, _log);
        }
        if (!tenure.Begun && AllAtHome(tenure, present))
        {
            tenure.Begun = true;
            tenure.Ledger.Tell(new ControlMessage.Begin());
        }
        if (tenure.Last is { } last)
        {
            _post.Send(Addresses.Conductor, last);
            FinishWithoutLaboratory(tenure);
        }
    }

    HashSet<string> HostsAmong(IEnumerable<ClusterMessage.RollAnswer> present)
    {
        var able = _cluster.State.Members
            .Where(m => m.Status == MemberStatus.Up && m.HasRole(NodeRole.Neurons)).Select(m => m.Address).ToHashSet();
        return [.. _answers.Where(a => able.Contains(a.Key) && !a.Value.Answer.Leaving && present.Contains(a.Value.Answer))
            .Select(a => a.Value.Answer.Place.Name)];
    }

    static bool AllAtHome(Tenure tenure, List<ClusterMessage.RollAnswer> present) =>
        tenure.Height > 0
        || (tenure.Placement.HostOf.All(h => h >= 0)
            && present.Where(a => a.Placement == tenure.Placement.Version).Sum(a => a.Hosted.Length) >= tenure.Placement.HostOf.Length);

    void HandleLastBlockClosed(ControlMessage.LastBlockClosed last)
    {
        if (_tenure is { } tenure)
        {
            tenure.Last = last;
            tenure.LastSince = _rolls;
        }
    }

    /// <summary>Without a laboratory nobody waits for the last parcels: after a while the run is over.</summary>
    void FinishWithoutLaboratory(Tenure tenure)
    {
        if (tenure.Placement.Laboratory < 0 && _rolls - tenure.LastSince > LaboratoryPatience)
        {
            Finish(tenure);
        }
    }

    void Finish(Tenure tenure)
    {
        _log.Information("Run {Run} is over", tenure.Run);
        _finished.Add(tenure.Run);
        tenure.KeepFinished();
        LayDown();
        foreach (var member in _answers.Keys)
        {
            AgentAt(member).Tell(OverOf(tenure.Run), Self);
        }
    }

    ClusterMessage.Roll OverOf(string run) => new(long.MaxValue, run, true, _post.Place, 0, WireLimits.Major);

    void LayDown()
    {
        if (_tenure is { } tenure)
        {
            _tenure = null;
            _ending[tenure.Ledger] = tenure;
            tenure.End(Context, _post);
        }
    }

    void HandleTerminated(Terminated terminated)
    {
        if (_ending.Remove(terminated.ActorRef, out var tenure))
        {
            tenure.Close();
        }
    }

    static ICanTell AgentAt(Address member) => Context.ActorSelection(new RootActorPath(member) / "user" / RemoteRoad.Agent);

    sealed record Call;

    sealed record Answered(ClusterMessage.RollAnswer Answer, long Roll);
}
