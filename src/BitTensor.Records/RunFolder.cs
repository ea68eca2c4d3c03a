namespace BitTensor.Records;

/// <summary>The files of a run folder.</summary>
public static class RunFolder
{
    /// <summary>The scenario with every default written out; it can be run again.</summary>
    public const string ScenarioFile = "scenario.yaml";

    /// <summary>Verdict, properties, hashes and final metrics.</summary>
    public const string VerdictFile = "verdict.json";

    /// <summary>The violation of a run in which an invariant does not hold.</summary>
    public const string ViolationFile = "violation.json";

    /// <summary>The ledger, SQLite.</summary>
    public const string LedgerFile = "ledger.db";

    /// <summary>The journal, one JSON value per line.</summary>
    public const string JournalFile = "journal.jsonl";

    /// <summary>Table of blocks.</summary>
    public const string BlocksFile = "blocks.parquet";

    /// <summary>Table of neurons per block.</summary>
    public const string NeuronsFile = "neurons.parquet";

    /// <summary>Table of W.</summary>
    public const string WeightsFile = "weights.parquet";

    /// <summary>Table of messages per block, kind and outcome.</summary>
    public const string MessagesFile = "messages.parquet";

    /// <summary>Table of query latencies; of a run in virtual time.</summary>
    public const string LatenciesFile = "latencies.parquet";

    /// <summary>Table of the audit.</summary>
    public const string AuditFile = "audit.parquet";

    /// <summary>The report: one page that opens without a network.</summary>
    public const string ReportFile = "report.html";

    /// <summary>Index of the runs below a folder.</summary>
    public const string IndexFile = "index.html";

    /// <summary>Figure of ranks.</summary>
    public const string RanksFigure = "ranks.png";

    /// <summary>Figure of losses.</summary>
    public const string LossesFigure = "losses.png";

    /// <summary>Results of an equilibrium scenario, one trial per line.</summary>
    public const string EquilibriumFile = "equilibrium.json";

    /// <summary>Table of an equilibrium scenario's trials.</summary>
    public const string EquilibriumTable = "equilibrium.parquet";

    /// <summary>Table of the neurons' ranks in an equilibrium scenario.</summary>
    public const string EquilibriumRanks = "ranks.parquet";

    /// <summary>Finished trials while the scenario runs, from which an interrupted run resumes.</summary>
    public const string TrialsFile = "trials.jsonl";

    /// <summary>Table of a sweep's runs.</summary>
    public const string SweepTable = "sweep.parquet";

    /// <summary>Figure of a sweep.</summary>
    public const string SweepFigure = "sweep.png";

    /// <summary>Table of the runs of a study on a network.</summary>
    public const string StudyTable = "study.parquet";

    /// <summary>Figure of a study on a network.</summary>
    public const string StudyFigure = "study.png";

    /// <summary>The user's own game, as it was read.</summary>
    public const string ThetaFile = "theta.json";

    /// <summary>The program's log, compact JSON.</summary>
    public const string LogFile = "log.clef";

    /// <summary>Machine and versions.</summary>
    public const string EnvironmentFile = "environment.json";

    /// <summary>Files that the run read its data from, with their hashes.</summary>
    public const string DataFile = "data.json";

    /// <summary>Folder of tables exported as CSV.</summary>
    public const string CsvFolder = "csv";

    /// <summary>Folder of tables exported as JSON.</summary>
    public const string JsonFolder = "json";
}
