using System.Runtime.InteropServices;
using BitTensor.Build;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>The build step that makes libLibTorchSharp.so loadable with an older C++ runtime.</summary>
public sealed class TorchNativeSpec : IDisposable
{
    const string Version = "GLIBCXX_3.4.32";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bta-elf-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_weakens_the_one_requirement_and_nothing_else()
    {
        var original = Elf("GLIBCXX_3.4.30", Version, "CXXABI_1.3");
        var image = (byte[])original.Clone();
        Assert.True(ElfVersionNeed.Weaken(image, Version));
        Assert.Equal(1, original.Zip(image).Count(p => p.First != p.Second));
        Assert.Equal(2, image[NeedAt + 16 + 16 + 4]);
    }

    [Fact]
    public void It_is_idempotent_and_leaves_a_library_without_the_requirement_alone()
    {
        var image = Elf(Version);
        Assert.True(ElfVersionNeed.Weaken(image, Version));
        var once = (byte[])image.Clone();
        Assert.False(ElfVersionNeed.Weaken(image, Version));
        Assert.Equal(once, image);
        Assert.False(ElfVersionNeed.Weaken(Elf("GLIBCXX_3.4.30"), Version));
        // A name that only begins like it is another one.
        Assert.False(ElfVersionNeed.Weaken(Elf(Version + "0"), Version));
    }

    [Fact]
    public void A_hard_link_into_the_package_folder_keeps_its_content()
    {
        var package = Path.Combine(_folder.FullName, "package.so");
        var output = Path.Combine(_folder.FullName, "output.so");
        var original = Elf(Version);
        File.WriteAllBytes(package, original);
        Assert.Equal(0, Link(package, output));
        Assert.True(ElfVersionNeed.WeakenFile(output, Version));
        Assert.Equal(original, File.ReadAllBytes(package));
        Assert.NotEqual(original, File.ReadAllBytes(output));
        var written = File.GetLastWriteTimeUtc(output);
        Assert.False(ElfVersionNeed.WeakenFile(output, Version));
        Assert.Equal(written, File.GetLastWriteTimeUtc(output));
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    [Fact]
    public void Damage_is_one_kind_of_error_whatever_it_is()
    {
        foreach (var image in new[] { [], "#!/bin/sh\n"u8.ToArray(), new byte[4096], Elf(Version)[..70] })
        {
            Assert.Throws<InvalidDataException>(() => ElfVersionNeed.Weaken(image, Version));
        }
        var whole = Elf(Version, "CXXABI_1.3");
        for (var cut = 0; cut < whole.Length; cut++)
        {
            Survives(whole[..cut]);
        }
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                var image = (byte[])whole.Clone();
                image[at] = value;
                Survives(image);
            }
        }
    }

    [Fact]
    public void The_library_beside_these_tests_has_been_prepared()
    {
        var libraries = Directory.GetFiles(
            AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories);
        Assert.Equal(OperatingSystem.IsLinux(), libraries.Length > 0);
        Assert.All(libraries, path => Assert.False(ElfVersionNeed.Weaken(File.ReadAllBytes(path), Version)));
    }

    static void Survives(byte[] image)
    {
        try
        {
            ElfVersionNeed.Weaken(image, Version);
        }
        catch (InvalidDataException)
        {
            // The one kind.
        }
    }

    const int NeedAt = 64;

    /// <summary>
    /// The smallest ELF file that needs these versions of one library: header, version needs, their names, two
    /// sections.
    /// </summary>
    static byte[] Elf(params string[] versions)
    {
        var needs = 16 + 16 * versions.Length;
        var names = string.Concat(versions.Select(v => v + "\0"));
        var sectionsAt = NeedAt + needs + names.Length;
        var image = new byte[sectionsAt + 2 * 64];
        (image[0], image[1], image[2], image[3], image[4], image[5]) = (0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1);
        void Put(int at, ulong value, int size) =>
            BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(image.AsSpan(at));
        Put(0x28, (ulong)sectionsAt, 8);
        Put(0x3A, 64, 2);
        Put(0x3C, 2, 2);
        // One need record, followed by one auxiliary record per version.
        Put(NeedAt + 2, (ulong)versions.Length, 2);
        Put(NeedAt + 8, 16, 4);
        var name = 0;
        for (var k = 0; k < versions.Length; k++)
        {
            var aux = NeedAt + 16 + 16 * k;
            Put(aux + 8, (ulong)name, 4);
            Put(aux + 12, k == versions.Length - 1 ? 0UL : 16, 4);
            name += versions[k].Length + 1;
        }
        System.Text.Encoding.ASCII.GetBytes(names).CopyTo(image, NeedAt + needs);
        // Section 0: the needs, with their names in section 1.
        Put(sectionsAt + 4, 0x6ffffffe, 4);
        Put(sectionsAt + 0x18, NeedAt, 8);
        Put(sectionsAt + 0x28, 1, 4);
        Put(sectionsAt + 64 + 0x18, (ulong)(NeedAt + needs), 8);
        return image;
    }

#pragma warning disable CA5392, SYSLIB1054, CA2101 // The C library of the platform; two ASCII paths.
    [DllImport("libc", EntryPoint = "link")]
    static extern int Link([MarshalAs(UnmanagedType.LPStr)] string from, [MarshalAs(UnmanagedType.LPStr)] string to);
#pragma warning restore CA5392, SYSLIB1054, CA2101
}
