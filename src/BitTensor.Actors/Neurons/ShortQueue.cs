namespace BitTensor.Actors.Neurons;

/// <summary>
/// A queue that mostly holds one thing or nothing, and takes no more room than that until it holds two. It changes: a
/// field that holds it is not read-only, and nobody copies it.
/// </summary>
struct ShortQueue<T>
    where T : struct
{
    T? _first;
    int _more;
    Queue<T>? _rest;

    /// <summary>What has waited longest; null when nothing waits.</summary>
    public readonly T? First => _first;

    public void Enqueue(T item)
    {
        if (_first is null)
        {
            _first = item;
        }
        else
        {
            (_rest ??= new()).Enqueue(item);
            _more++;
        }
    }

    public bool TryDequeue(out T item)
    {
        item = _first ?? default;
        var had = _first is not null;
        _first = _more > 0 ? _rest!.Dequeue() : null;
        _more = Math.Max(0, _more - 1);
        return had;
    }
}
