using BitTensor.Mechanism.Equilibrium;
using static TorchSharp.torch;

namespace BitTensor.Benchmarks;

/// <summary>
/// Competitive descent of a batch of games as one writes it with TorchSharp: float64, one thread, no gradients
/// recorded, every operation over the whole batch, in place where an intermediate allows it. Reference: connected;
/// every stake 1, as figure 4 has it.
/// </summary>
sealed class TorchDescent : IDisposable
{
    readonly Tensor _hessians;
    readonly Tensor _rankSlope;
    readonly Tensor _places;
    readonly Theta _theta;
    readonly bool _elementwise;
    Tensor _weights;

    /// <param name="games">Games that differ in W_0 and H only.</param>
    /// <param name="elementwise">
    /// The product H d as a sum over an elementwise product instead of a batched matrix product.
    /// </param>
    public TorchDescent(IReadOnlyList<Theta> games, bool elementwise)
    {
        (_theta, _elementwise) = (games[0], elementwise);
        long n = _theta.Count;
        _weights = tensor(games.SelectMany(g => g.Weights).ToArray(), [games.Count, n, n]);
        _hessians = tensor(games.SelectMany(Dense).ToArray(), [games.Count, n, n, n]);
        _rankSlope = eye(n, dtype: ScalarType.Float64) / n;
        _places = arange(1, n + 1, dtype: ScalarType.Float64);
    }

    public double[] Weights => _weights.data<double>().ToArray();

    /// <summary>The residual test of every game, then one step of every game.</summary>
    /// <param name="test">False leaves out the residual test, the paper's stop rule.</param>
    public void Step(bool test)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var gradient = Gradient();
        if (test
            && (Project(_weights + gradient) - _weights).abs_().amax([1, 2]).le(_theta.Tolerance).all().item<bool>())
        {
            return;
        }
        var next = Project(_weights.add(gradient, alpha: _theta.Lambda));
        _weights.Dispose();
        _weights = next.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _weights.Dispose();
        _hessians.Dispose();
        _rankSlope.Dispose();
        _places.Dispose();
    }

    Tensor Gradient()
    {
        double n = _theta.Count;
        var masks = (_weights - _weights.mean([1], keepdim: true)).div_(_theta.Temperature).sigmoid_();
        var offset = masks - 1;
        var product = _elementwise
            ? (_hessians * offset.unsqueeze(-2)).sum(-1)
            : _hessians.matmul(offset.unsqueeze(-1)).squeeze(-1);
        var scale = -2 * (_theta.Alpha / _theta.Tau) * (1 - 1 / n) / _theta.Temperature;
        // m (1 - m) = -m (m - 1).
        return product.mul_(masks.mul_(offset)).mul_(-scale).add_(_rankSlope);
    }

    /// <summary>Every row of every game onto the simplex, by sorting.</summary>
    Tensor Project(Tensor points)
    {
        var (sorted, _) = points.sort(-1, descending: true);
        var excess = sorted.cumsum(-1).sub_(1).div_(_places);
        var entries = (sorted > excess).sum(-1, keepdim: true);
        var shift = excess.gather(-1, entries - 1);
        return points.sub(shift).clamp_min_(0);
    }

    static double[] Dense(Theta theta)
    {
        var n = theta.Count;
        var dense = new double[n * n * n];
        for (var at = 0; at < dense.Length; at++)
        {
            dense[at] = theta.Hessians[at / n / n, at / n % n, at % n];
        }
        return dense;
    }
}

/// <summary>The same descent of one game with the gradient left to autograd: what one writes first.</summary>
sealed class TorchAutogradDescent(Theta theta) : IDisposable
{
    readonly Tensor _hessians = tensor(
        Enumerable.Range(0, theta.Count * theta.Count * theta.Count)
            .Select(at => theta.Hessians[
                at / theta.Count / theta.Count, at / theta.Count % theta.Count, at % theta.Count])
            .ToArray(),
        [theta.Count, theta.Count, theta.Count]);
    Tensor _weights = tensor(theta.Weights, [theta.Count, theta.Count]);

    public double[] Weights => _weights.data<double>().ToArray();

    public void Step()
    {
        using var scope = NewDisposeScope();
        var gradient = Gradient();
        using var off = no_grad();
        if ((Project(_weights + gradient) - _weights).abs_().max().item<double>() <= theta.Tolerance)
        {
            return;
        }
        var next = Project(_weights.add(gradient, alpha: theta.Lambda));
        _weights.Dispose();
        _weights = next.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _hessians.Dispose();
        _weights.Dispose();
    }

    /// <summary>
    /// Backward through sum_i P_i / tau, in which mu_j follows row i's own weight only: each row then gets its own
    /// gradient.
    /// </summary>
    Tensor Gradient()
    {
        var w = _weights.detach().requires_grad_();
        var mu = w.detach().mean([0], keepdim: true) + (w - w.detach()) / theta.Count;
        var offset = ((w - mu) / theta.Temperature).sigmoid() - 1;
        var losses = (offset * _hessians.matmul(offset.unsqueeze(-1)).squeeze(-1)).sum();
        (w.diagonal().sum() / theta.Count - theta.Alpha / theta.Tau * losses).backward();
        return w.grad!;
    }

    Tensor Project(Tensor points)
    {
        var (sorted, _) = points.sort(-1, descending: true);
        var excess = (sorted.cumsum(-1) - 1) / arange(1, theta.Count + 1, dtype: ScalarType.Float64);
        var entries = (sorted > excess).sum(-1, keepdim: true);
        return (points - excess.gather(-1, entries - 1)).clamp_min(0);
    }
}
