using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>Features of a scenario by the keys of its format: the coverage of a campaign.</summary>
public static class Features
{
    /// <summary>The features, sorted.</summary>
    public static ImmutableSortedSet<string> Of(Scenario scenario) =>
    [
        .. OfMechanism(scenario.Mechanism), $"topology {Word(scenario.Topology)}",
        .. scenario.Populations.SelectMany(OfPopulation),
        .. OfLink(scenario.Network.Default), .. scenario.Network.Links.SelectMany(OfDirected),
        .. scenario.Timeline.SelectMany(OfEntry),
        .. scenario.Coalition is { } coalition ? OfCoalition(coalition) : [],
        .. If(scenario.Audit.EveryBlocks > 0, "audit"),
        .. If(scenario.Audit is { EveryBlocks: > 0, Solo: true }, "solo"),
    ];

    static IEnumerable<string> OfMechanism(MechanismParameters m) =>
    [
        $"rule {Word(m.Rule)}", .. If(m.Norm == InflationNorm.L1, "norm l1"),
        .. If(m.Adaptive is not null, "adaptive tau"),
        .. If(m.StakeScale == StakeScale.Share, "stake share"), .. If(!m.Emission, "emission frozen"),
        .. If(m.Membership is not null, "capacity"), .. If(m.Membership is { Immunity: > 0 }, "immunity"),
        .. If(m.Membership is { BurnsStake: true }, "leaving-stake burned"),
        .. If(m.Membership?.TargetRate is not null, "target-rate"), .. If(m.RevealAfter > 0, "reveal-after"),
        .. If(m.RegistrationCost > 0, "registration-cost"),
        .. m.Roles.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(r => $"role {r.Split('=')[0]}"),
    ];

    static IEnumerable<string> OfPopulation(PopulationSpec p) =>
    [
        .. p.Conduct.Strategies.Select(s => $"strategy {s.Name}"), $"model {Word(p.Model)}",
        $"weights {Word(p.Weights.ToString())}",
        .. p.Model is ModelSpec.Trained trained ? OfHead(trained) : [],
        .. p.Gating is { } gating ? [$"gating {Word(gating.By.ToString())}"] : Array.Empty<string>(),
        .. If(p.Missing != MissingAnswer.Zero, $"missing {Word(p.Missing.ToString())}"),
        .. If(p.Depth is not null, $"depth {p.Depth}"), .. If(p.Private is not null, "private data"),
        .. p.Student is { } student ? [$"student {Word(student.Inputs.ToString())}"] : Array.Empty<string>(),
        .. If(p.Significance is { IsFresh: true }, "fresh evidence"),
        .. If(p.Zone is not null, "zones"), .. If(p.Stake.IsZero, "no stake"),
        $"stake {Word(p.Stake)}", .. If(p.FirstWeights is not null, $"initial-weights {Word($"{p.FirstWeights}")}"),
        .. If(p.Joins is not null, "joins"), .. If(p.Leaves is not null, "leaves"),
        .. If(p.Explore is not null, "explore"),
        .. If(p.Training.KMin is not null, "k-min"),
        .. If(p.Training.BackOff > TimeSpan.Zero, "back-off"), .. If(p.Serving.Cost > TimeSpan.Zero, "costs"),
        .. If(p.Serving.Limits is not null, "workers"), .. If(p.Serving.Limits is { ByStake: true }, "admission stake"),
    ];

    static IEnumerable<string> OfHead(ModelSpec.Trained model) =>
        [$"head {Word(model.Head.ToString())}", .. If(model.SlotDropout + model.OwnDropout > 0, "slot-dropout")];

    static IEnumerable<string> OfCoalition(CoalitionSpec coalition) =>
    [
        $"coalition {Word(coalition.Knowledge.ToString())}", .. If(coalition.Private, "coalition private"),
        .. If(coalition.Reserve.Length > 0, "reserve"),
        .. coalition.Tactics.Select(t => $"tactic {Word(t.When)}"),
        .. coalition.Tactics.SelectMany(t => t.Conduct?.Strategies ?? []).Select(s => $"strategy {s.Name}"),
    ];

    static IEnumerable<string> OfDirected(DirectedLinkSpec link) =>
        [.. OfLink(link.Link), .. If(link.Kind is not null, "kinds"), .. If(link.Toxicity < 1, "toxicity")];

    static IEnumerable<string> OfLink(LinkSpec link) =>
    [
        .. If(link.Latency is not null, $"latency {Word(link.Latency ?? new LatencySpec.Constant(default))}"),
        .. If(link.Loss is LossSpec.Bursts, "bursts"),
        .. If(link.Loss is LossSpec.Independent { Probability: > 0 }, "loss"),
        .. If(link.BandwidthBytesPerSecond is not null, "bandwidth"),
        .. If(link.Queue is QueueSpec.InBytes, "queue bytes"),
        .. If(link.Queue is QueueSpec.InParcels, "queue parcels"),
        .. If(link.Reorder > 0, "reorder"), .. If(link.Loss is LossSpec.Independent { Probability: > 0 }
            && link.LossCorrelation > 0, "loss-correlation"),
        .. If(link is { Reorder: > 0, ReorderCorrelation: > 0 }, "reorder-correlation"),
        .. If(link.Duplicate > 0, "duplicate"),
        .. If(link.Corrupt > 0, "corrupt"), .. If(link.Replay > 0, "replay"),
    ];

    static IEnumerable<string> OfEntry(TimelineEntry entry) =>
    [
        entry.Do.Action, $"when {Word(entry.When)}",
        .. entry.Do switch
        {
            FaultSpec.Links links => OfDirected(links.Rules),
            FaultSpec.Disk disk => [$"disk {Word(disk.Fault.ToString())}"],
            FaultSpec.Partition partition => [$"partition {Word(partition.Kind.ToString())}"],
            FaultSpec.Crash { LosesState: true } or FaultSpec.Leave { LosesState: true } => ["lose-state"],
            _ => [],
        },
    ];

    static IEnumerable<string> If(bool holds, string feature) => holds ? [feature] : [];

    static string Word(object of) => Word(of.GetType().Name);

    static string Word(string name) =>
        string.Concat(name.Select((c, k) =>
            char.IsUpper(c) ? (k > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
