namespace BitTensor.Records;

/// <summary>A run does not repeat what its folder holds of it.</summary>
public sealed class RepeatException(string message) : Exception(message)
{
    internal const string Why = "Bits of trained models depend on the processor type and on the program's version";
}

/// <summary>
/// The journal of a run that is gone on with. Bytes that are there already are compared, and those after them are
/// appended. Until the first of these the file stays as it is.
/// </summary>
public sealed class RepeatedStream : Stream
{
    static readonly byte[] Block = [.. "{\"record\":\"block\","u8];

    readonly FileStream _file;
    readonly long _kept;
    readonly Action _goesOn;
    long _lines;

    /// <summary>Opens the journal of a run that was ended, by a kill or early, or makes an empty one.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="standsStill">True at a time at which a neuron is paused.</param>
    /// <param name="goesOn">Called once, before the file changes.</param>
    /// <exception cref="IOException">It cannot be read or written, or another process has it.</exception>
    /// <exception cref="JournalException">It is no journal.</exception>
    public RepeatedStream(string path, Predicate<TimeSpan> standsStill, Action goesOn)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        (_kept, _goesOn) = (KeptOf(_file, standsStill), goesOn);
        _file.Position = 0;
        if (_kept == 0)
        {
            GoOn();
        }
    }

    /// <summary>True while the next byte is one that the file has.</summary>
    public bool IsRepeating => _file.Position < _kept;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _file.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>A line of the journal.</summary>
    /// <exception cref="RepeatException">The file has other bytes there.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _lines++;
        if (IsRepeating)
        {
            buffer = buffer[Compare(buffer)..];
        }
        _file.Write(buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => _file.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }
        base.Dispose(disposing);
    }

    int Compare(ReadOnlySpan<byte> buffer)
    {
        var there = new byte[(int)Math.Min(buffer.Length, _kept - _file.Position)];
        _file.ReadExactly(there);
        if (!buffer.StartsWith(there))
        {
            throw new RepeatException(
                $"the run does not repeat here: {_file.Name} has another line {_lines}. {RepeatException.Why}");
        }
        if (!IsRepeating)
        {
            GoOn();
        }
        return there.Length;
    }

    void GoOn()
    {
        _goesOn();
        _file.SetLength(_kept);
    }

    /// <summary>
    /// Bytes before the last two blocks, and before those at whose close a neuron stood still to the end. A run that
    /// was told to end writes its end there, with what paused neurons had not reported; and the last line may be torn.
    /// </summary>
    static long KeptOf(FileStream file, Predicate<TimeSpan> standsStill)
    {
        long at = 0;
        List<(long At, bool StandsStill)> blocks = [];
        foreach (var line in Lines(file))
        {
            if (line is [.., (byte)'\n'] && line.AsSpan().StartsWith(Block))
            {
                var closed = (JournalRecord.BlockClosed)JournalLine.Read(line);
                blocks.Add((at, standsStill(TimeSpan.FromMilliseconds(closed.AtMs))));
            }
            at += line.Length;
        }
        var last = blocks.Count - 2;
        while (last > 0 && blocks[last].StandsStill)
        {
            last--;
        }
        return last > 0 ? blocks[last].At : 0;
    }

    /// <summary>The lines with their ends; the last may lack it.</summary>
    static IEnumerable<byte[]> Lines(FileStream file)
    {
        var line = new List<byte>();
        var buffer = new byte[1 << 16];
        for (var length = file.Read(buffer); length > 0; length = file.Read(buffer))
        {
            var rest = buffer.AsMemory(0, length);
            for (var end = rest.Span.IndexOf((byte)'\n'); end >= 0; end = rest.Span.IndexOf((byte)'\n'))
            {
                line.AddRange(rest.Span[..(end + 1)]);
                yield return [.. line];
                line.Clear();
                rest = rest[(end + 1)..];
            }
            line.AddRange(rest.Span);
        }
        yield return [.. line];
    }
}
