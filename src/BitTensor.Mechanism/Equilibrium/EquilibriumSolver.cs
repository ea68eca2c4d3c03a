using System.Runtime.ExceptionServices;

namespace BitTensor.Mechanism.Equilibrium;

/// <summary>The way to an equilibrium.</summary>
public enum SolverKind
{
    /// <summary>The paper's competitive descent, (13) and (14), step by step.</summary>
    Descent,

    /// <summary>
    /// The same point in far fewer steps, by implicit steps solved with Newton's method. Each costs n^4 operations, so
    /// above n = 128 descent runs instead.
    /// </summary>
    Accelerated,
}

/// <summary>
/// Finds the competitive equilibrium of a game: section 3, "converging the system to a Nash-equilibrium".
/// </summary>
public static class EquilibriumSolver
{
    /// <summary>
    /// Solves one game. Descent tests max |Proj(W + dW) - W| against the tolerance before each step and then sets
    /// W to Proj(W + lambda dW), all rows at once, at most <see cref="Theta.StepLimit"/> times.
    /// </summary>
    /// <param name="theta">A game <see cref="ThetaCheck"/> finds no fault with.</param>
    /// <param name="kind">The way to the equilibrium.</param>
    /// <param name="cancellation">Ends the search early.</param>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static EquilibriumPoint Solve(Theta theta, SolverKind kind, CancellationToken cancellation = default) =>
        Solve(1, _ => theta, kind, 1, static (_, _) => { }, cancellation)[0];

    /// <summary>
    /// Solves games 0..<paramref name="count"/>-1 on <paramref name="cores"/> threads. A game's result is the same to
    /// the last bit, whatever runs at the same time and on any number of threads.
    /// </summary>
    /// <param name="count">How many games.</param>
    /// <param name="game">
    /// Game k, called once, when its turn comes, on any thread. All games of one call have the same n.
    /// </param>
    /// <param name="kind">The way to the equilibrium.</param>
    /// <param name="cores">Threads to use, at least 1.</param>
    /// <param name="solved">Receives each result as it is ready, one at a time, in no fixed order.</param>
    /// <param name="cancellation">Ends the search early; results already reported stay valid.</param>
    /// <returns>The results in the order of the games.</returns>
    /// <exception cref="UnsolvableGameException">
    /// A game's gradients exceed <see cref="ThetaCheck.MostGradient"/>.
    /// </exception>
    /// <exception cref="ArgumentException">n differs between games.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static EquilibriumPoint[] Solve(
        int count, Func<int, Theta> game, SolverKind kind, int cores, Action<int, EquilibriumPoint> solved,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        var points = new EquilibriumPoint[count];
        var turn = new Lock();
        var taken = -1;
        (int, Theta)? Take()
        {
            var number = Interlocked.Increment(ref taken);
            return number < count ? (number, Sound(game(number))) : null;
        }
        void Done(int number, EquilibriumPoint point)
        {
            lock (turn)
            {
                points[number] = point;
                solved(number, point);
            }
        }
        void Worker()
        {
            try
            {
                Work(kind, Take, Done, cancellation);
            }
            catch
            {
                // The other workers find the queue empty.
                Interlocked.Exchange(ref taken, count);
                throw;
            }
        }
        Run(Enumerable.Repeat(Worker, Math.Min(cores, count)));
        return points;
    }

    /// <summary>Runs all workers. Throws the first failure; a cancellation only when nothing else failed.</summary>
    static void Run(IEnumerable<Action> workers)
    {
        try
        {
            Parallel.Invoke([.. workers]);
        }
        catch (AggregateException failures)
        {
            var reason = failures.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException)
                ?? failures.InnerExceptions[0];
            ExceptionDispatchInfo.Throw(reason);
        }
    }

    static Theta Sound(Theta theta) => ThetaCheck.LargestGradient(theta) <= ThetaCheck.MostGradient
        ? theta
        : throw new UnsolvableGameException(theta);

    static void Work(
        SolverKind kind, Func<(int Number, Theta Game)?> take, Action<int, EquilibriumPoint> done,
        CancellationToken cancellation)
    {
        if (take() is not { } first)
        {
            return;
        }
        var accelerated = kind == SolverKind.Accelerated && first.Game.Count <= AcceleratedSolver.MostNeurons;
        if (accelerated || first.Game.Count > GameLanes.MostNeurons)
        {
            for ((int Number, Theta Game)? next = first; next is var (number, game); next = take())
            {
                done(
                    number,
                    accelerated ? AcceleratedSolver.Solve(game, cancellation) : DescendByRows(game, cancellation));
            }
            return;
        }
        var queue = new Queue<(int, Theta)>([first]);
        new LaneDescent(first.Game.Count, done).Run(() => queue.TryDequeue(out var game) ? game : take(), cancellation);
    }

    static EquilibriumPoint DescendByRows(Theta theta, CancellationToken cancellation)
    {
        var rows = new GameRows(theta);
        for (var steps = 0; ; steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var converged = rows.Step();
            if (converged || steps == theta.StepLimit)
            {
                return EquilibriumPoint.At(theta, converged, steps, rows.Weights());
            }
            rows.Advance();
        }
    }
}
