using BitTensor.Fuzzing;
using BitTensor.Scenarios;
using BitTensor.Emulation;
using BitTensor.Parcels;
using Xunit;
namespace BitTensor.Actors.Tests;
public sealed class TmpDraw
{
    [Fact]
    public void Probe()
    {
        var s = ScenarioFile.Load(Environment.GetEnvironmentVariable("PROBE")!, []).Value!;
        var seen = new Dictionary<string, long>();
        using var run = BitTensor.Actors.Run.VirtualRun.Begin(s, new BitTensor.Actors.Run.RunOptions { Watch = new W(seen) });
        long n = 0;
        using var log = new StreamWriter("/tmp/x/n9runs/probe.txt") { AutoFlush = true };
        run.Go(() =>
        {
            if (++n % 500_000 == 0)
            {
                log.WriteLine($"{n} {run.Now} {string.Join(" ", seen.OrderByDescending(e => e.Value).Take(6).Select(e => e.Key + ":" + e.Value))}");
                seen.Clear();
            }
            return n > 8_000_000;
        });
    }

    sealed class W(Dictionary<string, long> seen) : BitTensor.Actors.Context.RunObserver
    {
        public override void Arrived(int receiver, IArrival arrival)
        {
            var k = arrival.Kind + ">" + receiver;
            seen[k] = seen.GetValueOrDefault(k) + 1;
        }

        public override void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome)
        {
            var k = parcel.Kind + ":" + outcome.Name;
            seen[k] = seen.GetValueOrDefault(k) + 1;
        }
    }

    [Fact]
    public void Draw()
    {
        foreach (var seed in Environment.GetEnvironmentVariable("SEEDS")!.Split(' '))
        {
            var d = ScenarioDraw.Of(ulong.Parse(seed));
            File.WriteAllText($"/tmp/x/n9runs/draw-{seed}.yaml", "# " + string.Join(" | ", d.Corners.Select(c => $"{c.Key}={c.Value}")) + "\n" + ScenarioWriter.Write(d.Scenario));
        }
    }
}
