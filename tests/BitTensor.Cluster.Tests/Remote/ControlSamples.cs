using BitTensor.Actors.Context;
using BitTensor.Cluster;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Records;
using CsCheck;

namespace BitTensor.Cluster.Tests;

/// <summary>Values of every type of message that crosses a machine, those of a run and of the authority too.</summary>
static class ControlSamples
{
    static readonly Gen<NodePlace> Place =
        Gen.Select(
            Gen.String, Gen.Byte.Array[4], Gen.Int[1, 65535],
            (name, ip, port) => new NodePlace(name, string.Join('.', ip), port));

    static readonly Gen<Placement> Placements =
        from version in Gen.Long
        from nodes in Place.Array[1, 5]
        from hosts in Gen.Int[-1, nodes.Length - 1].Array[0, 30]
        from supervisor in Gen.Int[-1, nodes.Length - 1]
        select new Placement(version, [.. nodes], [.. hosts], supervisor);

    static readonly Gen<ControlMessage.AuditBlock> Audit =
        from height in Gen.Long[0, long.MaxValue - 1]
        from stake in Gen.Double[0, 1e6].Array[1, 8]
        from temperature in Gen.Double[1e-30, 1e30]
        from scale in Gen.Enum<StakeScale>()
        select new ControlMessage.AuditBlock(
            height,
            Market.At(
                height + 1, [.. stake.Select((_, i) => WeightRow.Uniform([.. Enumerable.Range(0, i + 1)]))], stake,
                new MechanismParameters { Temperature = temperature, StakeScale = scale }));

    static readonly Gen<ServicePattern> Service =
        from empty in Gen.Int[0, 10_000].Array[0, 12]
        from unasked in Gen.Int[0, 10_000].Array[0, 12]
        from iterations in Gen.Int[1, int.MaxValue]
        select new ServicePattern([.. empty.Distinct().Order()], iterations)
        {
            Unasked = [.. unasked.Distinct().Order()],
        };

    static readonly Gen<float[][]> Matrices = Gen.Single.Array[0, 20].Array[0, 4];

    static readonly Gen<object> Snapshot = Gen.OneOf(
        Gen.Const((object)FollowsFromScenario.Instance),
        Gen.Select(
            Gen.Int[0, int.MaxValue].Array[6], Matrices, Matrices, Matrices, Gen.Bool.Array[0, 5],
            (s, encoder, head, more, taught) =>
                (object)new ModelSnapshot(new ModelShape(s[0], s[1], s[2], s[3], s[4], s[5]), encoder, head)
                {
                    Gate = more, Student = more, Taught = taught, Answer = more,
                }));

    /// <summary>Draws values of any of these types.</summary>
    public static AnyMessage Messages { get; } = new(
        (typeof(object), Snapshot),
        (typeof(NodePlace), Place.Select(v => (object)v)),
        (typeof(Placement), Placements.Select(v => (object)v)),
        (typeof(ControlMessage.AuditBlock), Audit.Select(v => (object)v)),
        (typeof(ControlMessage.LedgerSeen), Audit.Select(v =>
            (object)new ControlMessage.LedgerSeen(v.Market, v.Height % 2 == 0))),
        (typeof(ServicePattern), Service.Select(v => (object)v)),
        (typeof(ParcelOutcome),
            Gen.String[Gen.Char.AlphaNumeric, 1, 9].Select(rule => (object)ParcelOutcome.DroppedBy(rule))));
}
