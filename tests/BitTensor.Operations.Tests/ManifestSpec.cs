using System.Globalization;
using BitTensor.Cli;
using BitTensor.Cluster;
using Xunit;
using k8s;
using k8s.Models;

namespace BitTensor.Operations.Tests;

/// <summary>
/// The Kubernetes manifests and the systemd unit: of their schema, in agreement with each other and with the command
/// line.
/// </summary>
public sealed class ManifestSpec
{
    static readonly NodeObjects Nodes = new();

    static readonly V1Job Lab = Load("run.yaml").OfType<V1Job>().Single();

    [Theory]
    [InlineData("nodes.yaml", 3)]
    [InlineData("run.yaml", 2)]
    [InlineData("network.yaml", 1)]
    public void Every_manifest_is_of_its_schema_without_a_key_that_does_not_exist(string file, int objects) =>
        Assert.Equal(objects, Load(file).Count);

    [Fact]
    public void A_key_that_does_not_exist_would_be_found()
    {
        var text = File.ReadAllText(Tree.File("deploy", "k8s", "nodes.yaml"))
            .Replace("readOnlyRootFilesystem", "readOnlyRootFileSystem", StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(text, strict: true));
    }

    [Fact]
    public void Nodes_say_what_the_command_line_understands_and_join_each_other_by_the_names_the_service_gives()
    {
        var arguments = Nodes.Node.Args.Select(a => a.Replace("$(NODE)", "bta-1", StringComparison.Ordinal)).ToList();
        Tree.AssertUnderstood(arguments);
        Tree.AssertUnderstood(Lab.Spec.Template.Spec.Containers.Single().Args);
        var service = Nodes.Service.Metadata.Name;
        Assert.Equal(service, Nodes.Set.Spec.ServiceName);
        Assert.Equal("None", Nodes.Service.Spec.ClusterIP);
        Assert.True(Nodes.Service.Spec.PublishNotReadyAddresses);
        Assert.Equal($"bta-1.{service}", Tree.Option(arguments, "--advertise"));
        var joins = Enumerable.Range(0, Nodes.Set.Spec.Replicas!.Value)
            .Select(k => $"--join={Nodes.Set.Metadata.Name}-{k}.{service}:4053").ToList();
        Assert.Equal(joins, arguments.Where(a => a.StartsWith("--join", StringComparison.Ordinal)));
        Assert.Equal(
            joins,
            Lab.Spec.Template.Spec.Containers.Single()
            .Args.Where(a => a.StartsWith("--join", StringComparison.Ordinal)));
        Assert.Equal((service, "lab"), (Lab.Spec.Template.Spec.Subdomain, Lab.Spec.Template.Spec.Hostname));
        Assert.All(
            Nodes.Service.Spec.Selector, s => Assert.Equal(s.Value, Nodes.Set.Spec.Template.Metadata.Labels[s.Key]));
        Assert.All(Nodes.Service.Spec.Selector, s => Assert.Equal(s.Value, Lab.Spec.Template.Metadata.Labels[s.Key]));
    }

    [Fact]
    public void Ports_are_the_same_in_arguments_container_service_and_probes()
    {
        var ports = Nodes.Node.Ports.ToDictionary(p => p.Name, p => $"{p.ContainerPort}");
        var arguments = Nodes.Node.Args.ToList();
        Assert.Equal(ports["cluster"], Tree.Option(arguments, "--port"));
        Assert.Equal(ports["links"], Tree.Option(arguments, "--link-port"));
        Assert.Equal(ports["health"], Tree.Option(arguments, "--health-port"));
        Assert.All(Nodes.Service.Spec.Ports, p => Assert.Equal(ports[p.Name], $"{p.Port}"));
        foreach (
            var (probe, path) in ((V1Probe, string)[])[
                (Nodes.Node.StartupProbe, "/live"), (Nodes.Node.LivenessProbe, "/live"),
                (Nodes.Node.ReadinessProbe, "/ready"),
            ])
        {
            Assert.Equal((path, "health"), (probe.HttpGet.Path, probe.HttpGet.Port.Value));
        }
    }

    [Fact]
    public void Pods_have_time_to_leave_and_no_more_rights_than_they_need()
    {
        foreach (var pod in (V1PodSpec[])[Nodes.Set.Spec.Template.Spec, Lab.Spec.Template.Spec])
        {
            Assert.True(pod.TerminationGracePeriodSeconds > NodeHost.LeavePatience.TotalSeconds + 2);
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.False(pod.AutomountServiceAccountToken);
            foreach (var container in pod.Containers.Concat(pod.InitContainers))
            {
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Subset(
                    pod.Volumes.Select(v => v.Name).ToHashSet(),
                    container.VolumeMounts.Select(m => m.Name).ToHashSet());
            }
            // A node itself sees no key but its own.
            Assert.DoesNotContain(pod.Containers.Single().VolumeMounts, m => m.Name == "identities");
            var howTo = File.ReadAllText(Tree.File("deploy", "README.md"));
            Assert.All(
                pod.Volumes.Where(v => v.Secret is not null),
                v => Assert.Contains($"generic {v.Secret.SecretName} ", howTo, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_unit_says_what_the_command_line_understands_and_starts_again_unless_that_is_no_use()
    {
        var unit = File.ReadLines(Tree.File("deploy", "bta-node.service")).Select(l => l.Split('=', 2))
            .Where(l => l.Length == 2).ToLookup(l => l[0], l => l[1]);
        Tree.AssertUnderstood(
            unit["ExecStart"].Single().Replace("%H", "host", StringComparison.Ordinal)
                .Replace(" $BTA_OPTIONS", " --host 10.0.0.5 --join 10.0.0.5:4053", StringComparison.Ordinal).Split(' ')
                .Skip(1));
        Assert.True(
            double.Parse(unit["TimeoutStopSec"].Single(), CultureInfo.InvariantCulture)
                > NodeHost.LeavePatience.TotalSeconds + 2);
        Assert.Equal("on-failure", unit["Restart"].Single());
        Assert.Equal($"{ExitCode.Usage}", unit["RestartPreventExitStatus"].Single());
        if (File.Exists("/usr/bin/systemd-analyze"))
        {
            AssertVerified();
        }
    }

    [Fact]
    public void The_document_knows_every_exit_code_of_a_node()
    {
        var text = File.ReadAllText(Tree.File("docs", "OPERATIONS.md"));
        foreach (
            var code in (int[])[
                ExitCode.Pass, ExitCode.Usage, ExitCode.Internal, ExitCode.InputOutput, ExitCode.Downed,
                ExitCode.Quarantined, ExitCode.Fenced, ExitCode.NotJoined,
            ])
        {
            Assert.Contains($"\n| {code} | ", text, StringComparison.Ordinal);
        }
    }

    /// <summary>systemd itself reads the unit; the program it starts is one that is there.</summary>
    static void AssertVerified()
    {
        var folder = Directory.CreateTempSubdirectory("bta-unit-").FullName;
        try
        {
            var unit = Path.Combine(folder, "bta-node.service");
            File.WriteAllText(
                unit,
                File.ReadAllText(Tree.File("deploy", "bta-node.service")).Replace(
                    "/opt/bta/bta", "/bin/true", StringComparison.Ordinal));
            var (code, said) = Tree.Run(folder, "/usr/bin/systemd-analyze", "verify", "--man=no", unit);
            Assert.True(code == 0 && !said.Contains("bta-node.service", StringComparison.Ordinal), said);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static List<object> Load(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Tree.File("deploy", "k8s", file)), strict: true);

    /// <summary>The objects of nodes.yaml.</summary>
    sealed class NodeObjects
    {
        readonly List<object> _all = Load("nodes.yaml");

        public V1StatefulSet Set => _all.OfType<V1StatefulSet>().Single();

        public V1Service Service => _all.OfType<V1Service>().Single();

        public V1Container Node => Set.Spec.Template.Spec.Containers.Single();
    }
}
