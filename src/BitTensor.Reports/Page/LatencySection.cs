namespace BitTensor.Reports;

/// <summary>How long queries took, by percentiles.</summary>
static class LatencySection
{
    /// <summary>Adds the figure, or says why there is none.</summary>
    public static void AddTo(PageBuilder page, RunView view, string folder)
    {
    }
}
