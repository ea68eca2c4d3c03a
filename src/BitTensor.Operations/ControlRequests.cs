using BitTensor.Cluster;
using Microsoft.AspNetCore.Http;

namespace BitTensor.Operations;

/// <summary>Answers the requests at a control socket.</summary>
static class ControlRequests
{
    public static Task Answer(HttpContext context, NodeConsole console)
    {
        var (request, response) = (context.Request, context.Response);
        switch ((request.Method, request.Path.Value))
        {
            case ("GET", "/cluster"):
                return response.WriteAsJsonAsync(console.Cluster(), OperationsJson.Default.ClusterView);
            case ("GET", "/neurons"):
                return response.WriteAsJsonAsync(console.Neurons(), OperationsJson.Default.NeuronsView);
            case ("GET", "/ledger"):
                return response.WriteAsJsonAsync(console.Ledger(), OperationsJson.Default.LedgerReading);
            case ("GET", "/health"):
                return response.WriteAsJsonAsync(console.Health(), OperationsJson.Default.NodeHealth);
            case ("POST", "/down"):
                var outcome = console.Down(request.Query["node"].ToString(), request.Query["force"] == "true");
                return response.WriteAsJsonAsync(outcome, OperationsJson.Default.DownOutcome);
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }
}
