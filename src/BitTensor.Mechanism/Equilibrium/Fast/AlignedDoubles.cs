using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// An array of doubles that begins on a cache line, so that no vector of eight crosses two lines; zero at first. Stands
/// in for <c>double[]</c> in the fast kernels.
/// </summary>
sealed class AlignedDoubles
{
    /// <summary>Doubles per vector and per cache line.</summary>
    public const int Line = 8;

    readonly double[] _array;
    readonly int _start;

    /// <param name="length">
    /// Number of doubles; the memory behind it reaches to the end of the last whole vector.
    /// </param>
    public AlignedDoubles(long length)
    {
        _array = GC.AllocateArray<double>(checked((int)length + 2 * Line), pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)(
            (Line * sizeof(double) - address % (Line * sizeof(double))) % (Line * sizeof(double)) / sizeof(double));
        Length = (int)length;
    }

    /// <summary>Number of doubles.</summary>
    public int Length { get; }

    /// <summary>The doubles, bounds checked: for loading and reading, outside the hot loops.</summary>
    public Span<double> Span => _array.AsSpan(_start, Length);

    /// <summary>The first double: what the hot loops count from.</summary>
    public ref double First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _start);
    }

    /// <summary>The first double of vector number <paramref name="at"/>. Not bounds checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref double Row(int at) => ref Unsafe.Add(ref First, (nuint)(uint)at * Line);

    /// <summary>
    /// Vector number <paramref name="at"/> behind <paramref name="first"/>: doubles 8 at .. 8 at + 7. Not bounds
    /// checked.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(ref double first, int at) =>
        Vector512.LoadUnsafe(ref first, (nuint)(uint)at * Line);

    /// <summary>
    /// Stores vector number <paramref name="at"/> behind <paramref name="first"/>. Not bounds checked.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref double first, int at, Vector512<double> value) =>
        value.StoreUnsafe(ref first, (nuint)(uint)at * Line);
}
