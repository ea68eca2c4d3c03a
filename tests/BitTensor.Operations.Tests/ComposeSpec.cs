using System.Globalization;
using System.Text.RegularExpressions;
using BitTensor.Cluster;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace BitTensor.Operations.Tests;

/// <summary>The compose file agrees with itself, with the files it names and with the command line.</summary>
public sealed partial class ComposeSpec
{
    static readonly string[] Nodes = ["alpha", "beta", "gamma"];

    readonly Dictionary<object, object> _file = Read();

    [Fact]
    public void Three_nodes_and_a_run_say_what_the_command_line_understands_and_find_each_other()
    {
        foreach (var name in (string[])[.. Nodes, "lab"])
        {
            var arguments = Texts(Service(name)["command"]);
            Tree.AssertUnderstood(arguments);
            Assert.Equal((name, name), (Tree.Option(arguments, "--name"), Tree.Option(arguments, "--advertise")));
            var joins = arguments.Zip(arguments.Skip(1)).Where(a => a.First == "--join").Select(a => a.Second);
            Assert.Equal(Nodes.Select(n => $"{n}:{Tree.Option(arguments, "--port")}"), joins);
            Assert.Contains($"{name}-certs:{Tree.Option(arguments, "--certs")}:ro", Texts(Service(name)["volumes"]));
        }
        Assert.Equal($"{Nodes.Length + 1}", Tree.Option(Texts(Service("lab")["command"]), "--expect-nodes"));
    }

    [Fact]
    public void Nodes_have_no_root_no_capability_no_writable_disk_and_time_to_leave()
    {
        foreach (var name in (string[])[.. Nodes, "lab"])
        {
            var node = Service(name);
            Assert.Equal(("true", "ALL"), ((string)node["read_only"], Texts(node["cap_drop"]).Single()));
            Assert.False(node.ContainsKey("user"));
            var grace = int.Parse(((string)node["stop_grace_period"]).TrimEnd('s'), CultureInfo.InvariantCulture);
            Assert.True(grace > NodeHost.LeavePatience.TotalSeconds + 2, $"{grace} s");
        }
    }

    [Fact]
    public void Every_secret_volume_service_and_file_that_is_named_is_there()
    {
        var services = (Dictionary<object, object>)_file["services"];
        var volumes = ((Dictionary<object, object>)_file["volumes"]).Keys.Cast<string>().ToHashSet();
        var secrets = ((Dictionary<object, object>)_file["secrets"]).ToDictionary(
            s => (string)s.Key, s => (string)((Dictionary<object, object>)s.Value)["file"]);
        foreach (var service in services.Values.Cast<Dictionary<object, object>>())
        {
            Assert.Subset(volumes, List(service, "volumes").Select(v => v.Split(':')[0]).ToHashSet());
            Assert.Subset(secrets.Keys.ToHashSet(), List(service, "secrets").ToHashSet());
            Assert.True(
                service.ContainsKey("build") || ((string)service["image"]).Contains(':', StringComparison.Ordinal));
            if (service.TryGetValue("depends_on", out var needed))
            {
                Assert.All(((Dictionary<object, object>)needed).Keys, n => Assert.Contains(n, services.Keys));
            }
            foreach (var path in Secret()
                .Matches(
                string.Join(' ', service.Values.OfType<Dictionary<object, object>>().SelectMany(e => e.Values)))
                .Select(m => m.Groups[1].Value))
            {
                Assert.Contains(path, List(service, "secrets"));
            }
        }
        AssertDrawn(secrets.Values);
    }

    [Fact]
    public void The_certificates_are_made_once_and_each_node_gets_its_own_alone()
    {
        var folder = Directory.CreateTempSubdirectory("bta-certs-").FullName;
        try
        {
            var script = Texts(Service("certs")["command"]).Single().Replace("$$", "$", StringComparison.Ordinal)
                .Replace("/authority", folder + "/authority", StringComparison.Ordinal).Replace(
                    "/nodes", folder + "/nodes", StringComparison.Ordinal)
                .Replace(
                    "bta certs", $"dotnet {Path.Combine(AppContext.BaseDirectory, "bta.dll")} certs",
                    StringComparison.Ordinal);
            if (!Environment.IsPrivilegedProcess)
            {
                script = script.Replace("-o 1654 -g 1654", "", StringComparison.Ordinal);
            }
            foreach (var node in (string[])[.. Nodes, "lab"])
            {
                Directory.CreateDirectory(Path.Combine(folder, "nodes", node));
            }
            // A second start finds everything made.
            for (var k = 0; k < 2; k++)
            {
                var (code, said) = Tree.Run(folder, "/bin/sh", "-euc", script);
                Assert.True(code == 0, said);
            }
            Assert.Equal(
                ["beta.key", "beta.pem", "ca.pem"],
                Directory.EnumerateFiles(Path.Combine(folder, "nodes", "beta")).Select(Path.GetFileName).Order());
            Assert.Equal(
                "beta", BitTensor.Transport.Certificates.Load(Path.Combine(folder, "nodes", "beta"), "beta").Name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The script draws each secret once, into a folder that is its caller's alone and that git does not see.
    /// </summary>
    static void AssertDrawn(IEnumerable<string> files)
    {
        var folder = Directory.CreateTempSubdirectory("bta-secrets-").FullName;
        try
        {
            File.Copy(Tree.File("deploy", "secrets.sh"), Path.Combine(folder, "secrets.sh"));
            Assert.Equal(0, Tree.Run(folder, "/bin/sh", "secrets.sh").Code);
            var drawn = files.ToDictionary(f => f, f => File.ReadAllText(Path.Combine(folder, f)));
            Assert.Equal(0, Tree.Run(folder, "/bin/sh", "secrets.sh").Code);
            Assert.All(drawn, d => Assert.Equal(d.Value, File.ReadAllText(Path.Combine(folder, d.Key))));
            Assert.Equal($"db:5432:bta:bta:{drawn["secrets/db-password"]}\n", drawn["secrets/pgpass"]);
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.Combine(folder, "secrets")));
            Assert.Contains("/secrets/", File.ReadAllLines(Tree.File("deploy", ".gitignore")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Dictionary<object, object> Read()
    {
        using var text = File.OpenText(Tree.File("deploy", "compose.yaml"));
        return new DeserializerBuilder().Build()
            .Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(text)));
    }

    Dictionary<object, object> Service(string name) =>
        (Dictionary<object, object>)((Dictionary<object, object>)_file["services"])[name];

    static List<string> List(Dictionary<object, object> of, string key) =>
        of.TryGetValue(key, out var list) ? Texts(list) : [];

    static List<string> Texts(object list) => [.. ((List<object>)list).Cast<string>()];

    [GeneratedRegex("/run/secrets/([a-z-]+)")]
    private static partial Regex Secret();
}
