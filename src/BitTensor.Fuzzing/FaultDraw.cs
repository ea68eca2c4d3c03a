using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>
/// Draws the timeline. In half of the seeds all faults end by the middle of the run, so that recovery shows.
/// </summary>
sealed class FaultDraw
{
    static readonly string[] Actions =
    [
        "links", "clog", "clear", "partition", "heal", "crash", "restart", "leave", "disconnect", "join", "pause",
        "resume", "slow", "skew", "ledger-outage", "disk", "set",
    ];

    readonly Swarm _swarm;
    readonly ScenarioDraw.Size _size;
    readonly ImmutableArray<PopulationSpec> _populations;
    readonly LinkDraw _links;
    readonly RandomStream _dice;
    readonly int _lastBlock;

    public FaultDraw(Swarm swarm, ScenarioDraw.Size size, ImmutableArray<PopulationSpec> populations, LinkDraw links)
    {
        (_swarm, _size, _populations, _links) = (swarm, size, populations, links);
        _dice = swarm.Dice("timeline");
        _lastBlock = _dice.Chance(0.5) ? size.Blocks / 2 : size.Blocks - 1;
    }

    public ImmutableArray<TimelineEntry> Timeline() =>
        [
            .. Actions.Where(_swarm.Has).SelectMany(action =>
                Enumerable.Range(1, _dice.Whole(1, 2)).Select(_ => Entry(action))),
        ];

    TimelineEntry Entry(string action)
    {
        var what = Fault(action);
        // Blocks wait for the ledger: a run whose ledger is mostly away does not end in reasonable time.
        var ledger = what is FaultSpec.LedgerOutage or FaultSpec.Disk;
        var ends = what is FaultSpec.Clear or FaultSpec.Heal or FaultSpec.Restart or FaultSpec.Join or FaultSpec.Resume
            or FaultSpec.Disconnect;
        var lasting = _dice.Around(_size.BlockInterval, 0.1, ledger ? 2 : 8);
        var from = Moment();
        var until = Later(from);
        return _dice.NextInt(4) switch
        {
            0 when !ends => new(action, new WhenSpec.Between(from, ledger ? from + lasting : until), null, what),
            1 =>
                new(
                    action, new WhenSpec.Every(_dice.Around(_size.BlockInterval, 5, 20), from, until),
                    ends ? null : lasting, what),
            2 =>
                new(
                    action,
                    new WhenSpec.Randomly(
                        Math.Round(_dice.Scale(0.02, ledger ? 0.1 : 0.3) / _size.BlockInterval.TotalSeconds, 6), from,
                        until),
                    ends ? null : lasting, what),
            _ => new(action, new WhenSpec.Once(from), ends || (!ledger && _dice.Chance(0.3)) ? null : lasting, what),
        };
    }

    /// <summary>A time, often exactly the close of a block.</summary>
    TimeSpan Moment()
    {
        var block = _dice.NextInt(_lastBlock);
        return _size.BlockInterval * block + (
            _dice.Chance(0.5) ? TimeSpan.Zero : _dice.Around(_size.BlockInterval, 0.001, 1));
    }

    TimeSpan Later(TimeSpan from)
    {
        var last = _size.BlockInterval * (_lastBlock + 1);
        var until = from + _dice.Around(_size.BlockInterval, 0.1, _size.Blocks);
        return until < last ? until : last;
    }

    FaultSpec Fault(string action) => action switch
    {
        "links" => new FaultSpec.Links(_links.Directed(), _dice.NextInt(3) == 0),
        "clog" => new FaultSpec.Clog(Some(), _dice.Pick(Enum.GetValues<ClogSide>())),
        "clear" => new FaultSpec.Clear(),
        "partition" => Partition(),
        "heal" => new FaultSpec.Heal(),
        "crash" => new FaultSpec.Crash(Some(), _dice.Chance(0.5)),
        "restart" => new FaultSpec.Restart(Who()),
        "leave" => new FaultSpec.Leave(Some(), _dice.Chance(0.5)),
        "disconnect" => new FaultSpec.Disconnect(Some()),
        "join" => new FaultSpec.Join(Who()),
        "pause" => new FaultSpec.Pause(Some()),
        "resume" => new FaultSpec.Resume(Who()),
        "slow" => new FaultSpec.Slow(Some(), _dice.Scale(1, 100)),
        "skew" =>
            new FaultSpec.Skew(
                Some(), _dice.Around(_size.BlockInterval, 0.01, 100), _dice.Chance(0.5),
                _dice.Pick(-0.5, -0.01, 0, 0.01, 1)),
        "disk" => Disk(),
        "set" => new FaultSpec.Set(Change()),
        _ => new FaultSpec.LedgerOutage(),
    };

    FaultSpec.Partition Partition()
    {
        var kind = _dice.Pick(Enum.GetValues<PartitionKind>());
        return new FaultSpec.Partition(
            kind, Some(), kind == PartitionKind.Groups ? _dice.Whole(2, 4) : 0, _dice.Chance(0.5));
    }

    FaultSpec.Disk Disk()
    {
        var fault = _dice.Pick(Enum.GetValues<DiskFault>());
        return new FaultSpec.Disk(
            fault, fault == DiskFault.Slow ? _dice.Around(_size.BlockInterval, 0.01, 1.5) : TimeSpan.Zero,
            fault == DiskFault.Failing ? _dice.Scale(0.05, 0.9) : 0);
    }

    MechanismChange Change() => _dice.NextInt(6) switch
    {
        0 => new MechanismChange { Alpha = _dice.Pick(0, 1, 100), Step = _dice.Pick(0.001, 0.1) },
        1 => new MechanismChange { Tau = _dice.Pick(0.001, 0.5, 10) },
        2 => new MechanismChange { Temperature = _dice.Pick(0.01, 1, 10) },
        3 => new MechanismChange { Epsilon = _dice.Pick(0.001, 0.1, 2), Norm = InflationNorm.L1 },
        4 => new MechanismChange { Rule = new RelativeBonds(0.5, 0.5, 0.5, 0) },
        _ => new MechanismChange { Rule = new RankRule.Paper(), Norm = InflationNorm.L2 },
    };

    SelectionSpec Some() => new(Who(), _dice.NextInt(3) switch
    {
        0 => new TakeSpec.All(),
        1 => new TakeSpec.Count(_dice.Whole(1, _size.Neurons)),
        _ => new TakeSpec.Share(_dice.Pick(0.05, 0.25, 0.5, 0.9)),
    });

    WhoSpec Who()
    {
        var population = _populations[_dice.NextInt(_populations.Length)];
        return _dice.NextInt(6) switch
        {
            0 => new WhoSpec.Population(population.Name),
            1 when population.Zone is { } zone => new WhoSpec.Zone(zone),
            2 => new WhoSpec.Role(population.Conduct.Strategies[0].Name),
            3 => Listed(),
            _ => new WhoSpec.Any(),
        };
    }

    WhoSpec.Neurons Listed()
    {
        var (first, last) = (_dice.NextInt(_size.Neurons), _dice.NextInt(_size.Neurons));
        return new WhoSpec.Neurons($"{Math.Min(first, last)}-{Math.Max(first, last)}");
    }
}
