using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using CsCheck;

namespace BitTensor.Tests;

/// <summary>
/// Values of any type of message, drawn from its constructor's parameters; and whether two of them are the same,
/// element by element, numbers bit by bit.
/// </summary>
/// <param name="further">Types whose parts must fit each other, beside those of neurons and ledger.</param>
sealed class AnyMessage(params (Type Type, Gen<object> Values)[] further)
{
    static readonly Gen<WeightRow> Row =
        from targets in Gen.Int[0, 10_000].Array[0, 50]
        from values in Gen.Double.Array[targets.Distinct().Count()]
        select WeightRow.Of([.. targets.Distinct().Order()], values);

    static readonly Gen<Tensor> Tensors =
        from rows in Gen.Int[0, 40]
        from columns in Gen.Int[0, 40]
        from values in Gen.Single.Array[rows * columns]
        select new Tensor(rows, columns, values);

    static readonly Gen<LedgerMessage.BlockOpened> Block =
        from height in Gen.Long
        from numbers in Gen.Double.Array[3]
        from row in Row
        from mu in Gen.Double.Array[row.Count]
        from callers in Gen.Int.Array[0, 20]
        from bids in Gen.Double.Array[callers.Length]
        from final in Gen.Bool
        from set in Gen.Bool
        from values in Gen.Double.Array[5]
        select new LedgerMessage.BlockOpened(
            height, row.Count, numbers[0], numbers[1], row, [.. mu], [.. callers], [.. bids], numbers[2], final)
        {
            Numbers = set ? new(values[0], values[1], values[2], values[3], values[4]) : null,
        };

    /// <summary>What no constructor's parameters say: parts that must fit each other.</summary>
    static readonly Dictionary<Type, Gen<object>> Known = new()
    {
        [typeof(int)] = Gen.Int.Select(v => (object)v),
        [typeof(long)] = Gen.Long.Select(v => (object)v),
        [typeof(byte)] = Gen.Byte.Select(v => (object)v),
        [typeof(double)] = Gen.Double.Select(v => (object)v),
        [typeof(double?)] = Gen.Double.Select(v => v > 0 ? (object)v : null!),
        [typeof(bool)] = Gen.Bool.Select(v => (object)v),
        [typeof(string)] = Gen.String.Select(v => (object)v),
        [typeof(WeightRow)] = Row.Select(v => (object)v),
        [typeof(Tensor)] = Tensors.Select(v => (object)v),
        [typeof(LedgerMessage.BlockOpened)] = Block.Select(v => (object)v),
        [typeof(double[])] = Gen.Double.Array[0, 12].Select(v => (object)v),
    };

    readonly Dictionary<Type, Gen<object>> _further = further.ToDictionary(f => f.Type, f => f.Values);

    /// <summary>Draws values of <paramref name="type"/>.</summary>
    public Gen<object> Of(Type type)
    {
        if (_further.TryGetValue(type, out var known) || Known.TryGetValue(type, out known))
        {
            return known;
        }
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return Gen.Int[0, values.Length - 1].Select(k => values.GetValue(k)!);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            var vector = typeof(AnyMessage).GetMethod(nameof(Vector), BindingFlags.NonPublic | BindingFlags.Static)!;
            var make = vector.MakeGenericMethod(type.GetGenericArguments());
            return Of(type.GetGenericArguments()[0]).Array[0, 12].Select(items => make.Invoke(null, [items])!);
        }
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var arguments = constructor.GetParameters().Aggregate(
            Gen.Const(ImmutableList<object>.Empty),
            (so, p) => from all in so from one in Of(p.ParameterType) select all.Add(one));
        return arguments.Select(a => constructor.Invoke([.. a]));
    }

    /// <summary>True when both are of one type and hold the same.</summary>
    public static bool Same(object? a, object? b) => (a, b) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        _ when a.GetType() != b.GetType() => false,
        (double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y),
        (float x, float y) => BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits(y),
        (WeightRow x, WeightRow y) =>
            Same(x.Targets.ToArray(), y.Targets.ToArray()) && Same(x.Values.ToArray(), y.Values.ToArray()),
        (Market x, Market y) =>
            x.Height == y.Height && Same(x.Stake.ToArray(), y.Stake.ToArray()) && Same(Rows(x), Rows(y))
                && Same(x.Parameters, y.Parameters),
        (IEnumerable x, IEnumerable y) => SameItems([.. x.Cast<object>()], [.. y.Cast<object>()]),
        _ when a.GetType().IsPrimitive || a is Enum => a.Equals(b),
        _ =>
            a.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).All(p =>
                Same(p.GetValue(a), p.GetValue(b))),
    };

    static bool SameItems(object[] a, object[] b) =>
        a.Length == b.Length && a.Zip(b).All(pair => Same(pair.First, pair.Second));

    static WeightRow[] Rows(Market market) => [.. Enumerable.Range(0, market.Count).Select(market.Row)];

    static ImmutableArray<T> Vector<T>(object[] items) => [.. items.Cast<T>()];
}
