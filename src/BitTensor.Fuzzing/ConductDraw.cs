using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>
/// Draws departures from the protocol: one strategy or two compatible ones, and sometimes a coalition.
/// </summary>
sealed class ConductDraw(Swarm swarm, ScenarioDraw.Size size, ImmutableArray<string> names)
{
    // All strategies except those that need what a drawn population may lack: owners, no stake, a coalition.
    static readonly ImmutableArray<string> Pool = [
        .. StrategySpec.Names.Except(["honest", "sybil-split", "sybil-dilute", "adaptive"]),
    ];

    readonly RandomStream _dice = swarm.Dice("conduct");

    /// <summary>The strategies of a population.</summary>
    public ConductSpec Of(PopulationSpec population)
    {
        var choice = _dice.NextInt(3);
        return swarm.Has("strategies") && choice < 2 ? Several(fromTheStart: true)
            : choice == 0 && swarm.Has("self-weight") ? new ConductSpec([StrategySpec.Of("self-weight")])
            : choice == 1 && swarm.Has("free-ride")
                ? new ConductSpec([StrategySpec.Of("free-ride", ("scale", (double)_dice.Pick(0, 1, 100)))])
            : population.Stake.IsZero && swarm.Has("sybils") ? new ConductSpec([StrategySpec.Of("sybil-dilute")])
            : ConductSpec.Honest;
    }

    /// <summary>A coalition of the last populations; null when the seed has none.</summary>
    public CoalitionSpec? Coalition(ImmutableArray<PopulationSpec> populations)
    {
        if (!swarm.Has("coalition") || names.Length < 2)
        {
            return null;
        }
        ImmutableArray<string> members = [.. names[^_dice.Whole(1, names.Length - 1)..]];
        ImmutableArray<string> reserve = members.Length > 1 && _dice.Chance(0.5) ? [members[^1]] : [];
        var most = populations.Where(p => reserve.Contains(p.Name)).Sum(p => p.Count);
        return new CoalitionSpec(
            members, reserve, _dice.Pick(Enum.GetValues<Knowledge>()), _dice.Chance(0.3), _dice.Whole(0, most),
            _dice.Pick(20, long.MaxValue),
            [.. Enumerable.Range(0, _dice.Whole(1, 3)).Select(k => Tactic(k, members, reserve))]);
    }

    TacticSpec Tactic(int number, ImmutableArray<string> members, ImmutableArray<string> reserve)
    {
        var spawn = reserve.IsEmpty ? 0 : _dice.Whole(0, 3);
        TriggerSpec when = _dice.NextInt(3) switch
        {
            0 => new TriggerSpec.AtBlock(_dice.Whole(0, size.Blocks / 2)),
            1 =>
                new TriggerSpec.Metric(
                    _dice.Pick("rank", "stake", "self-weight", "loss"), null, _dice.Chance(0.5),
                    _dice.Pick(0.01, 0.1, 1)),
            _ => new TriggerSpec.Chance(_dice.Pick(0.05, 0.5)),
        };
        var conduct = _dice.Chance(0.3)
            ? new ConductSpec([StrategySpec.Of("adaptive", ("step", _dice.Pick(0.01, 1.0)))])
            : Several(fromTheStart: false);
        return new TacticSpec(
            $"tactic-{number}", when, 0, _dice.Whole(1, 5), _dice.Chance(0.5) ? _dice.Pick(members.AsSpan()) : null,
            conduct, spawn, _dice.Whole(0, 1));
    }

    ConductSpec Several(bool fromTheStart)
    {
        var conduct = new ConductSpec([]);
        for (var left = _dice.Whole(1, 3); left > 0; left--)
        {
            var strategy = One(_dice.Pick(Pool.AsSpan()));
            var wrong = !fromTheStart && strategy.Name is "churn" or "eclipse" or "poison-data";
            conduct = wrong || (!size.Learns && strategy.Name is "poison-data" or "poison-backward")
                || !conduct.Fits(strategy)
                ? conduct
                : new ConductSpec(conduct.Strategies.Add(strategy));
        }
        return conduct.Strategies.IsEmpty ? ConductSpec.Honest : conduct;
    }

    StrategySpec One(string name)
    {
        ImmutableArray<string> Somebody() => [_dice.Pick(names.AsSpan())];
        return name switch
        {
            "cartel" => StrategySpec.Of(
                name, ("members", Somebody()), ("share", _dice.Pick(0.1, 1)), ("noise", _dice.Pick(0, 0.5))),
            "underweight" => StrategySpec.Of(name, ("rivals", Somebody())),
            "slow-walk" or "outbid" or "relay" => StrategySpec.Of(name, ("targets", Somebody())),
            "eclipse" => StrategySpec.Of(name, ("victims", Somebody())),
            "lazy" => StrategySpec.Of(name, ("kind", _dice.Pick("never", "uniform"))),
            "last-mover" => StrategySpec.Of(name, ("margin", size.BlockInterval * _dice.Pick(0.01, 0.5))),
            "free-ride" => StrategySpec.Of(name, ("kind", _dice.Pick("noise", "zeros", "constant", "cached"))),
            "bait-and-switch" => StrategySpec.Of(name, ("at", (long)_dice.Whole(1, 40))),
            "selective" => StrategySpec.Of(name, ("members", Somebody()), ("least-bid", _dice.Pick(0.001, 0.1))),
            "poison-forward" =>
                StrategySpec.Of(name, ("kind", _dice.Pick("sign-flip", "scale", "not-a-number", "shape"))),
            "poison-backward" => StrategySpec.Of(name, ("kind", _dice.Pick("sign-flip", "scale", "stale"))),
            "delay" => StrategySpec.Of(
                name, ("kind", _dice.Pick("reply", "backward")), ("by", _dice.Around(size.IterationInterval, 0.05, 2))),
            "flood" or "sybil-flood" => StrategySpec.Of(name, ("queries", (long)_dice.Whole(1, 2))),
            "churn" => StrategySpec.Of(name, ("present", (long)_dice.Whole(1, 20)), ("away", (long)_dice.Whole(1, 20))),
            _ => StrategySpec.Of(name),
        };
    }
}
