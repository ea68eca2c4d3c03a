using System.Numerics;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>Gaussian elimination for small dense systems.</summary>
static class LinearSystem
{
    /// <summary>
    /// Solves for every column right of the square part: afterwards those columns hold the solutions. Partial pivoting
    /// by rows.
    /// </summary>
    /// <param name="rows">
    /// The system, <paramref name="size"/> rows; the first <paramref name="size"/> columns are the matrix.
    /// </param>
    /// <param name="size">Number of unknowns.</param>
    /// <returns>False when a pivot is 0 or not a number.</returns>
    public static bool Solve(double[][] rows, int size)
    {
        for (var k = 0; k < size; k++)
        {
            var pivot = k;
            for (var p = k + 1; p < size; p++)
            {
                pivot = Math.Abs(rows[p][k]) > Math.Abs(rows[pivot][k]) ? p : pivot;
            }
            (rows[k], rows[pivot]) = (rows[pivot], rows[k]);
            if (!(Math.Abs(rows[k][k]) > 0))
            {
                return false;
            }
            for (var p = k + 1; p < size; p++)
            {
                Add(rows[p].AsSpan(k), rows[k].AsSpan(k), -rows[p][k] / rows[k][k]);
            }
        }
        for (var k = size - 1; k >= 0; k--)
        {
            var right = rows[k].AsSpan(size);
            for (var p = k + 1; p < size; p++)
            {
                Add(right, rows[p].AsSpan(size), -rows[k][p]);
            }
            Add(right, right, 1 / rows[k][k] - 1);
        }
        return true;
    }

    /// <summary>to += factor * from.</summary>
    public static void Add(Span<double> to, ReadOnlySpan<double> from, double factor)
    {
        var at = 0;
        for (var wide = new Vector<double>(factor); at <= to.Length - Vector<double>.Count; at += Vector<double>.Count)
        {
            (new Vector<double>(to[at..]) + wide * new Vector<double>(from[at..])).CopyTo(to[at..]);
        }
        for (; at < to.Length; at++)
        {
            to[at] += factor * from[at];
        }
    }

    /// <summary>The scalar product.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
