package org.iommu4j.system.mutants;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import java.util.Optional;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A mistake of a driver: a row of a table.
 *
 * @param name what the author did wrong
 * @param machines on which it is tried, by the kit's names
 * @param law the law that notices it; empty where threads decide which one does first
 * @param type name of the class that is changed
 */
record Mutant(String name, List<String> machines, Optional<String> law, String type, List<Edit> edits) {
    static Mutant of(JsonObject row) {
        return new Mutant(row.getString("mutant"), row.getJsonArray("machines").getValuesAs(JsonString::getString),
                Optional.ofNullable(row.getString("law", null)), row.getString("class"),
                row.getJsonArray("edits").getValuesAs(JsonObject.class).stream().map(Edit::new).toList());
    }

    /** The class file with the mistake. @throws AssertionError if what is to be changed is not there */
    byte[] applyTo(byte[] classFile) {
        ClassNode node = new ClassNode();
        new ClassReader(classFile).accept(node, 0);
        for (Edit edit : edits) {
            List<MethodNode> methods = node.methods.stream().filter(each -> (each.access & Opcodes.ACC_BRIDGE) == 0)
                    .filter(each -> edit.method().equals(each.name) || edit.method().equals(each.name + each.desc))
                    .toList();
            if (methods.size() != 1) {
                throw new AssertionError(type + " has " + methods.size() + " methods " + edit.method()
                        + ": the table of mutants is out of date");
            }
            edit.apply(type, methods.get(0));
        }
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        return writer.toByteArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
