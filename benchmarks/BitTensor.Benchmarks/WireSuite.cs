using System.Globalization;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Benchmarks;

/// <summary>
/// What crosses machines, over loopback between two processes: links against raw TCP of the same moment; and the
/// ledger's road to disk.
/// </summary>
static class WireSuite
{
    const int Pairs = 5;
    const int MiB = 1024 * 1024;

    public static IEnumerable<Row> Rows()
    {
        using (var pair = new WirePair(secure: false))
        {
            yield return Bandwidth(pair, "link / raw TCP, tensors of 4 KiB", 4096, null);
            yield return Bandwidth(pair, "link / raw TCP, tensors of 64 KiB", 65536, Bound.AtLeast(0.5));
            yield return Bandwidth(pair, "link / raw TCP, tensors of 1 MiB", MiB, Bound.AtLeast(0.5));
            yield return Small(pair);
            yield return RoundTrips(pair);
            yield return Layer(pair);
        }
        using (var pair = new WirePair(secure: true))
        {
            yield return Bandwidth(pair, "link / raw TCP, both with TLS, tensors of 64 KiB", 65536, null);
            yield return Bandwidth(pair, "link / raw TCP, both with TLS, tensors of 1 MiB", MiB, null);
            using var plain = new WirePair(secure: false);
            var cost = Paired.Measure(
                Pairs, 1, () => Rate(pair.Tensors(512, MiB), 512), () => Rate(plain.Tensors(512, MiB), 512));
            yield return new Row(
                "link with TLS / link without, tensors of 1 MiB", MBs(cost.Candidate), MBs(cost.Baseline), cost.Ratio);
        }
        yield return Ledger("SQLite", null);
        if (Environment.GetEnvironmentVariable("BTA_LEDGER") is { Length: > 0 } database)
        {
            yield return Ledger("PostgreSQL", database);
        }
    }

    static Row Bandwidth(WirePair pair, string name, int bytes, Bound? bound)
    {
        var count = Math.Min(256 * MiB / bytes, 32_768);
        double Rated(double seconds) => (double)count * bytes / MiB / seconds;
        var rates = Paired.Measure(
            Pairs, 1, () => Rated(pair.Tensors(count, bytes)), () => Rated(pair.RawWrites(count, bytes)));
        return new Row(name, MBs(rates.Candidate), MBs(rates.Baseline), rates.Ratio, bound);
    }

    static Row Small(WirePair pair)
    {
        const int Count = 200_000;
        var rates = Paired.Measure(Pairs, 1, () => Count / pair.Small(Count), () => Count / pair.RawWrites(Count, 48));
        return new Row(
            "small messages over a link / writes of 48 bytes to raw TCP", PerSecond(rates.Candidate),
            PerSecond(rates.Baseline), rates.Ratio);
    }

    static Row RoundTrips(WirePair pair)
    {
        const int Count = 2000;
        var batch = new Tensor(32, 64, new float[32 * 64]);
        var rates = Paired.Measure(
            Pairs, 1, () => Count / pair.RoundTrips(Count, WirePair.Echo, batch),
            () => Count / pair.RawRoundTrips(Count, batch.Bytes));
        return new Row(
            "forward + backward of 32 x 64, one after another / raw TCP", PerSecond(rates.Candidate),
            PerSecond(rates.Baseline), rates.Ratio);
    }

    static Row Layer(WirePair pair)
    {
        const int Count = 8;
        const int Rows = 2048;
        TorchRuntime.Initialize();
        TorchSharp.torch.set_num_threads(1);
        var batch = new Tensor(Rows, LinearLayer.Width, new float[Rows * LinearLayer.Width]);
        using var layer = new LinearLayer();
        double Here()
        {
            return Paired.Seconds(() =>
            {
                for (var k = 0; k < Count; k++)
                {
                    layer.Backward(k, layer.Forward(k, batch));
                }
            });
        }
        var rates = Paired.Measure(
            Pairs, 1, () => Count * Rows / pair.RoundTrips(Count, WirePair.Layer, batch), () => Count * Rows / Here());
        return new Row(
            "samples, batch 2048, hidden 1024, layer in the other process / here", PerSecond(rates.Candidate),
            PerSecond(rates.Baseline), rates.Ratio);
    }

    /// <summary>
    /// Blocks of 10,000 signed submissions: judged, closed, sealed and on disk, against the verification of the
    /// signatures alone.
    /// </summary>
    static Row Ledger(string store, string? database)
    {
        const int Neurons = 10_000;
        const int Blocks = 3;
        var keys = Enumerable.Range(0, Neurons).Select(i => new NeuronKey(1, i)).ToArray();
        WeightRow RowOf(int i, double more) =>
            WeightRow.Of([.. Enumerable.Range(0, 16).Select(k => (i + 600 * k) % Neurons).Order()], Weights(more));
        var header = new LedgerHeader(
            "benchmark-1", 1, new MechanismParameters(),
            [.. keys.Select((k, i) => new LedgerNeuron(i, "all", k.PublicKey, 1, RowOf(i, 0)))]);
        // Copies: of what a process signed itself it knows that the signature is good.
        var signed = Enumerable.Range(0, Blocks)
            .Select(b => keys.Select((k, i) => k.Sign(header.Run, i, b, RowOf(i, 0.001 * (b + 1))) with { }).ToArray())
            .ToArray();
        var number = 0;
        double Committed()
        {
            using var folder = new TemporaryFolder();
            LedgerPlace place = database is null
                ? new LedgerPlace.File(Path.Combine(folder.Path, "ledger.db"))
                : new LedgerPlace.Database(database, $"benchmark-{Environment.ProcessId}-{number++}");
            using var ledger = LedgerStore.Create(place, header);
            return Blocks * Neurons / Paired.Seconds(() => Commit(header, signed, ledger));
        }
        double Verified() => Blocks * Neurons / Paired.Seconds(() =>
        {
            foreach (var submission in signed.SelectMany(s => s))
            {
                if (!SubmissionSignature.Verify(submission, keys[submission.Neuron].PublicKey.AsSpan()))
                {
                    throw new InvalidOperationException("a good signature does not verify");
                }
            }
        });
        var rates = Paired.Measure(3, 1, Committed, Verified);
        Array.ForEach(keys, k => k.Dispose());
        return new Row(
            $"submissions verified and on disk, 10,000 a block, {store} / verified", PerSecond(rates.Candidate),
            PerSecond(rates.Baseline), rates.Ratio);
    }

    static void Commit(LedgerHeader header, LedgerMessage.SubmitWeights[][] signed, LedgerStore ledger)
    {
        var (market, previous) = (header.Genesis(), header.Hash());
        foreach (var submissions in signed)
        {
            var (entries, admitted) = (new List<SubmissionEntry>(submissions.Length), new HashSet<int>());
            foreach (var submission in submissions)
            {
                var refused = SubmissionJudge.Judge(
                    header, market, OpenCommitments.None, admitted, submission.Neuron, submission);
                admitted.Add(submission.Neuron);
                entries.Add(new SubmissionEntry(entries.Count, submission.Neuron, submission, refused));
            }
            if (entries.Find(e => e.Refused is not null) is { } bad)
            {
                throw new InvalidOperationException($"a good submission is refused: {bad.Refused}");
            }
            var close = market.Close([.. entries.Select(e => new RowChange(e.From, e.Submission.Row))]);
            var block = LedgerBlock.Seal(market.Height, 0, previous, close, entries);
            ledger.Append(block);
            (market, previous) = (close.Next, block.Hash);
        }
    }

    static double[] Weights(double more)
    {
        var weights = new double[16];
        Array.Fill(weights, 1.0 / 16);
        (weights[0], weights[1]) = (weights[0] + more, weights[1] - more);
        return weights;
    }

    static double Rate(double seconds, int mebibytes) => mebibytes / seconds;

    static string MBs(Spread rate) => string.Create(CultureInfo.InvariantCulture, $"{rate.Median:N0} MiB/s");

    static string PerSecond(Spread rate) => string.Create(CultureInfo.InvariantCulture, $"{rate.Median:N0} /s");
}
