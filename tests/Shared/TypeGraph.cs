using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace BitTensor.Tests;

/// <summary>
/// The references between the types of a compiled assembly: base types, interfaces, fields, signatures and the code of
/// methods. A nested type counts as the type around it. Types without a name of their own are left out.
/// </summary>
sealed class TypeGraph
{
    static readonly ImmutableDictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(f => f.GetValue(null)).OfType<OpCode>().ToImmutableDictionary(o => o.Value);

    readonly SortedDictionary<string, SortedSet<string>> _known = new(StringComparer.Ordinal);

    /// <summary>Full names of the types, ascending.</summary>
    public IEnumerable<string> Types => _known.Keys;

    /// <summary>Reads a compiled assembly from its file.</summary>
    public static TypeGraph Of(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var graph = new TypeGraph();
        foreach (var (name, known) in new AssemblyReferences(file).Types())
        {
            graph._known.TryAdd(name, new SortedSet<string>(StringComparer.Ordinal));
            graph._known[name].UnionWith(known.Where(k => k != name));
        }
        return graph;
    }

    /// <summary>
    /// The circles between groups of types, each as the names of its groups. Without a circle, the groups have an
    /// order in which each group knows only earlier ones.
    /// </summary>
    /// <param name="groupOf">The group of a type's full name; null leaves the type out.</param>
    public IReadOnlyList<string> Circles(Func<string, string?> groupOf)
    {
        var groups = GroupsOf(groupOf);
        var reached = groups.Keys.ToDictionary(g => g, g => Reached(groups, g));
        return
        [
            .. groups.Keys.Where(g => reached[g].Contains(g))
                .Select(g => string.Join(" <-> ", reached[g].Where(o => reached[o].Contains(g)))).Distinct(),
        ];
    }

    /// <summary>The references from one group to another, each as <c>type -> type</c>.</summary>
    public IEnumerable<string> Between(Func<string, string?> groupOf, string from, string to) =>
        _known.Where(type => groupOf(type.Key) == from).SelectMany(
            type => type.Value.Where(known => groupOf(known) == to).Select(known => $"{type.Key} -> {known}"));

    SortedDictionary<string, SortedSet<string>> GroupsOf(Func<string, string?> groupOf)
    {
        var groups = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (type, known) in _known)
        {
            if (groupOf(type) is { } group)
            {
                groups.TryAdd(group, new SortedSet<string>(StringComparer.Ordinal));
                groups[group].UnionWith(known.Select(groupOf).OfType<string>().Where(k => k != group));
            }
        }
        return groups;
    }

    static SortedSet<string> Reached(SortedDictionary<string, SortedSet<string>> groups, string from)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var group))
        {
            foreach (var next in groups[group].Where(reached.Add))
            {
                open.Push(next);
            }
        }
        return reached;
    }

    /// <summary>The references in an assembly's metadata.</summary>
    sealed class AssemblyReferences(PEReader file)
    {
        readonly MetadataReader _metadata = file.GetMetadataReader();

        /// <summary>Each type, nested ones under their outermost type's name, with the types it knows.</summary>
        public IEnumerable<(string Name, HashSet<string> Known)> Types()
        {
            foreach (var handle in _metadata.TypeDefinitions)
            {
                if (NameOf(handle) is { } name)
                {
                    yield return (name, KnownBy(_metadata.GetTypeDefinition(handle)));
                }
            }
        }

        HashSet<string> KnownBy(TypeDefinition type)
        {
            var names = new Names(this);
            names.Add(type.BaseType);
            foreach (var implemented in type.GetInterfaceImplementations())
            {
                names.Add(_metadata.GetInterfaceImplementation(implemented).Interface);
            }
            foreach (var field in type.GetFields())
            {
                _metadata.GetFieldDefinition(field).DecodeSignature(names, null);
            }
            foreach (var method in type.GetMethods())
            {
                AddMethod(names, _metadata.GetMethodDefinition(method));
            }
            return names.Found;
        }

        void AddMethod(Names names, MethodDefinition method)
        {
            method.DecodeSignature(names, null);
            if (method.RelativeVirtualAddress == 0)
            {
                return;
            }
            var body = file.GetMethodBody(method.RelativeVirtualAddress);
            if (!body.LocalSignature.IsNil)
            {
                _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
            }
            foreach (var region in body.ExceptionRegions)
            {
                names.Add(region.CatchType);
            }
            AddCode(names, body.GetILReader());
        }

        static void AddCode(Names names, BlobReader code)
        {
            while (code.RemainingBytes > 0)
            {
                var first = code.ReadByte();
                var value = first == 0xFE ? (short)(0xFE00 | code.ReadByte()) : first;
                switch (OpCodesByValue[value].OperandType)
                {
                    case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType
                        or OperandType.InlineTok or OperandType.InlineSig:
                        names.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                        break;
                    case OperandType.InlineSwitch:
                        code.Offset += 4 * code.ReadInt32();
                        break;
                    case var operand:
                        code.Offset += SizeOf(operand);
                        break;
                }
            }
        }

        static int SizeOf(OperandType operand) => operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };

        /// <summary>Full name of the outermost type around a type; null for one that the compiler makes.</summary>
        string? NameOf(TypeDefinitionHandle handle)
        {
            var type = _metadata.GetTypeDefinition(handle);
            if (type.IsNested)
            {
                return NameOf(type.GetDeclaringType());
            }
            var name = _metadata.GetString(type.Name);
            return name.StartsWith('<') ? null : $"{_metadata.GetString(type.Namespace)}.{name}";
        }

        /// <summary>Collects the assembly's own types among the references of its metadata.</summary>
        sealed class Names(AssemblyReferences references) : ISignatureTypeProvider<int, object?>
        {
            readonly MetadataReader _metadata = references._metadata;

            public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

            public void Add(EntityHandle handle)
            {
                if (handle.IsNil)
                {
                    return;
                }
                switch (handle.Kind)
                {
                    case HandleKind.TypeDefinition:
                        AddType((TypeDefinitionHandle)handle);
                        break;
                    case HandleKind.TypeSpecification:
                        _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                        break;
                    case HandleKind.MethodDefinition:
                        AddType(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                        break;
                    case HandleKind.FieldDefinition:
                        AddType(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                        break;
                    case HandleKind.MemberReference:
                        Add(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                        break;
                    case HandleKind.MethodSpecification:
                        AddSpecification(_metadata.GetMethodSpecification((MethodSpecificationHandle)handle));
                        break;
                }
            }

            public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
            {
                AddType(handle);
                return 0;
            }

            public int GetTypeFromSpecification(
                MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
            {
                Add(handle);
                return 0;
            }

            public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => 0;

            public int GetArrayType(int elementType, ArrayShape shape) => 0;

            public int GetByReferenceType(int elementType) => 0;

            public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

            public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

            public int GetGenericMethodParameter(object? genericContext, int index) => 0;

            public int GetGenericTypeParameter(object? genericContext, int index) => 0;

            public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

            public int GetPinnedType(int elementType) => 0;

            public int GetPointerType(int elementType) => 0;

            public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

            public int GetSZArrayType(int elementType) => 0;

            void AddSpecification(MethodSpecification method)
            {
                method.DecodeSignature(this, null);
                Add(method.Method);
            }

            void AddType(TypeDefinitionHandle handle)
            {
                if (references.NameOf(handle) is { } name)
                {
                    Found.Add(name);
                }
            }
        }
    }
}
