// Compiled twice: by MSBuild as an inline task (TorchNative.targets), and by the tests, which define TORCH_NATIVE_TEST.
using System;
using System.IO;
using System.Text;

namespace BitTensor.Build
{
    /// <summary>
    /// Marks one symbol-version requirement of an ELF library as weak. libLibTorchSharp.so asks for GLIBCXX_3.4.32, which Debian 12 and Ubuntu
    /// 22.04 do not have, though no relocation uses a symbol of that version: with the requirement weak the loader accepts the library.
    /// </summary>
    public static class ElfVersionNeed
    {
        const uint VersionNeedSection = 0x6ffffffe;
        const ushort WeakFlag = 2;

        /// <summary>Sets the weak flag in <paramref name="image"/>. True when a byte changed, false when there is nothing to do.</summary>
        /// <exception cref="InvalidDataException">The image is not a little-endian 64-bit ELF file, or is cut off.</exception>
        public static bool Weaken(byte[] image, string version)
        {
            if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
            {
                throw new InvalidDataException("not a little-endian 64-bit ELF file");
            }
            try
            {
                var sections = checked((int)BitConverter.ToUInt64(image, 0x28));
                int size = BitConverter.ToUInt16(image, 0x3A), count = BitConverter.ToUInt16(image, 0x3C);
                var changed = false;
                for (var k = 0; k < count; k++)
                {
                    var header = sections + k * size;
                    if (BitConverter.ToUInt32(image, header + 4) == VersionNeedSection)
                    {
                        var names = Offset(image, sections + checked((int)BitConverter.ToUInt32(image, header + 0x28)) * size);
                        changed |= WeakenSection(image, Offset(image, header), names, version);
                    }
                }
                return changed;
            }
            catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
            {
                throw new InvalidDataException("the ELF file is cut off or damaged", e);
            }
        }

        static int Offset(byte[] image, int sectionHeader)
        {
            return checked((int)BitConverter.ToUInt64(image, sectionHeader + 0x18));
        }

        static bool WeakenSection(byte[] image, int section, int names, string version)
        {
            var changed = false;
            int need = section, next;
            do
            {
                var aux = need + checked((int)BitConverter.ToUInt32(image, need + 8));
                int nextAux;
                do
                {
                    var flags = BitConverter.ToUInt16(image, aux + 4);
                    if ((flags & WeakFlag) == 0 && NameAt(image, names + checked((int)BitConverter.ToUInt32(image, aux + 8))) == version)
                    {
                        BitConverter.GetBytes((ushort)(flags | WeakFlag)).CopyTo(image, aux + 4);
                        changed = true;
                    }
                    nextAux = checked((int)BitConverter.ToUInt32(image, aux + 12));
                    aux += nextAux;
                }
                while (nextAux != 0);
                next = checked((int)BitConverter.ToUInt32(image, need + 12));
                need += next;
            }
            while (next != 0);
            return changed;
        }

        static string NameAt(byte[] image, int start)
        {
            var end = Array.IndexOf(image, (byte)0, start);
            return Encoding.ASCII.GetString(image, start, end - start);
        }

        /// <summary>
        /// Weakens the file at <paramref name="path"/> by writing a new file in its place: the old one may be a hard link into the package
        /// folder, which stays as it is. True when the file was replaced.
        /// </summary>
        public static bool WeakenFile(string path, string version)
        {
            var image = File.ReadAllBytes(path);
            if (!Weaken(image, version))
            {
                return false;
            }
            var patched = path + ".weak";
            File.WriteAllBytes(patched, image);
            File.Delete(path);
            File.Move(patched, path);
            return true;
        }
    }

#if !TORCH_NATIVE_TEST
    /// <summary>The build step.</summary>
    public class WeakenTorchNative : Microsoft.Build.Utilities.Task
    {
        [Microsoft.Build.Framework.Required]
        public Microsoft.Build.Framework.ITaskItem[] Files { get; set; }

        public override bool Execute()
        {
            foreach (var file in Files)
            {
                try
                {
                    if (ElfVersionNeed.WeakenFile(file.ItemSpec, "GLIBCXX_3.4.32"))
                    {
                        Log.LogMessage(Microsoft.Build.Framework.MessageImportance.High, "Made GLIBCXX_3.4.32 a weak requirement of " + file.ItemSpec);
                    }
                }
                catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
                {
                    Log.LogError("Cannot prepare " + file.ItemSpec + ": " + e.Message);
                }
            }
            return !Log.HasLoggedErrors;
        }
    }
#endif
}
