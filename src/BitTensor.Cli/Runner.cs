using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Scenarios;
using Serilog;

namespace BitTensor.Cli;

/// <summary>Carries out a run: in this process, or on a cluster.</summary>
delegate RunResult Runner(Scenario scenario, RunOptions options, ILogger log, CancellationToken interrupt);
