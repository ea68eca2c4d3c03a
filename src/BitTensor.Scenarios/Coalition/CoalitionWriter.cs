namespace BitTensor.Scenarios;

/// <summary>Section <c>coalition</c> as text.</summary>
static class CoalitionWriter
{
    public static void Write(YamlText y, CoalitionSpec coalition) => y.Section("coalition", () =>
    {
        y.Line($"members: {YamlText.Many(coalition.Members, m => m)}");
        y.LineIf(coalition.Reserve.Length > 0, $"reserve: {YamlText.Many(coalition.Reserve, r => r)}");
        y.Line($"knowledge: {YamlText.Word(coalition.Knowledge)}");
        y.Line($"channel: {(coalition.Private ? "private" : "links")}");
        y.Section("budget", () =>
        {
            y.Line($"identities: {coalition.Identities}");
            y.LineIf(coalition.Messages < long.MaxValue, $"messages: {coalition.Messages}");
        });
        if (coalition.Tactics.Length > 0)
        {
            y.Section("tactics", () => coalition.Tactics.ToList().ForEach(t => y.Item(() => WriteTactic(y, t))));
        }
    });

    static void WriteTactic(YamlText y, TacticSpec tactic)
    {
        y.Line($"name: {YamlText.Quoted(tactic.Name)}");
        switch (tactic.When)
        {
            case TriggerSpec.AtBlock at:
                y.Line($"at: {at.Block} blocks");
                break;
            case TriggerSpec.Metric metric:
                y.Line($"metric: {metric.Name}");
                y.LineIf(metric.Of is not null, $"of: {metric.Of}");
                y.Line($"{(metric.Above ? "above" : "below")}: {YamlText.Number(metric.Bound)}");
                break;
            default:
                y.Line($"probability: {YamlText.Number(((TriggerSpec.Chance)tactic.When).Probability)}");
                break;
        }
        y.Line($"from: {tactic.From} blocks");
        y.Line($"times: {tactic.Times}");
        y.LineIf(tactic.Who is not null, $"who: {tactic.Who}");
        y.LineIf(tactic.Conduct is not null, $"strategy: {tactic.Conduct}");
        y.LineIf(tactic.Spawn > 0, $"spawn: {tactic.Spawn}");
        y.LineIf(tactic.Retire > 0, $"retire: {tactic.Retire}");
    }
}
