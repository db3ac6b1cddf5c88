package org.iommu4j.system.mutants;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * One change of one method. As JSON, {@code in} is the method's name ({@code <clinit>} for constants of the class),
 * with its descriptor where it has namesakes, and one of these says what changes; {@code nth} (from 1) takes one of
 * several occurrences, else all change:
 * <pre>
 * {"in": m, "returns": 0}                          the body is gone; a method without a result does nothing
 * {"in": m, "constant": 3, "becomes": 2}           a whole number in the code
 * {"in": m, "call": "Owner.name", "returns": 0}    a call is left out; without a result the number is not looked at
 * {"in": m, "variable": 2, "becomes": 3}           another parameter or variable of the same type is loaded, by slot
 * </pre>
 */
final class Edit {
    private final JsonObject row;

    Edit(JsonObject row) {
        this.row = row;
    }

    String method() {
        return row.getString("in");
    }

    /** @throws AssertionError if the method has nothing of the kind: the table is out of date */
    void apply(String where, MethodNode method) {
        if (row.containsKey("call")) {
            String call = row.getString("call");
            List<AbstractInsnNode> found = find(method, node -> node instanceof MethodInsnNode invoked
                    && (invoked.owner.substring(invoked.owner.lastIndexOf('/') + 1) + "." + invoked.name).equals(call));
            chosen(where, "call of " + call, found).forEach(node -> leaveOut(method, (MethodInsnNode) node));
        } else if (row.containsKey("constant")) {
            long constant = number("constant");
            List<AbstractInsnNode> found = find(method, node -> isConstant(node, constant));
            chosen(where, "constant " + constant, found)
                    .forEach(node -> method.instructions.set(node, push(isLong(node), number("becomes"))));
        } else if (row.containsKey("variable")) {
            int slot = row.getInt("variable");
            List<AbstractInsnNode> found = find(method, node -> node instanceof VarInsnNode variable
                    && variable.var == slot && variable.getOpcode() < Opcodes.ISTORE);
            chosen(where, "load of variable " + slot, found)
                    .forEach(node -> ((VarInsnNode) node).var = row.getInt("becomes"));
        } else {
            replaceBody(method);
        }
    }

    private List<AbstractInsnNode> chosen(String where, String what, List<AbstractInsnNode> found) {
        int nth = row.getInt("nth", 0);
        if (found.size() < Math.max(nth, 1)) {
            throw new AssertionError(where + "." + method() + " has " + found.size() + " times a " + what
                    + ": the table of mutants is out of date");
        }
        return nth == 0 ? found : List.of(found.get(nth - 1));
    }

    private void leaveOut(MethodNode method, MethodInsnNode call) {
        InsnList instead = new InsnList();
        Type[] arguments = Type.getArgumentTypes(call.desc);
        for (int i = arguments.length - 1; i >= 0; i--) {
            instead.add(new InsnNode(arguments[i].getSize() == 2 ? Opcodes.POP2 : Opcodes.POP));
        }
        if (call.getOpcode() != Opcodes.INVOKESTATIC) {
            instead.add(new InsnNode(Opcodes.POP));
        }
        Type result = Type.getReturnType(call.desc);
        if (result != Type.VOID_TYPE) {
            instead.add(push(result == Type.LONG_TYPE, number("returns")));
        }
        method.instructions.insert(call, instead);
        method.instructions.remove(call);
    }

    private void replaceBody(MethodNode method) {
        Type result = Type.getReturnType(method.desc);
        method.instructions.clear();
        method.tryCatchBlocks.clear();
        method.localVariables = null;
        if (result != Type.VOID_TYPE) {
            method.instructions.add(push(result == Type.LONG_TYPE, number("returns")));
        }
        method.instructions.add(new InsnNode(result.getOpcode(Opcodes.IRETURN)));
    }

    private long number(String name) {
        JsonNumber number = row.getJsonNumber(name);
        return number.longValueExact();
    }

    private static List<AbstractInsnNode> find(MethodNode method, Predicate<AbstractInsnNode> fits) {
        List<AbstractInsnNode> found = new ArrayList<>();
        method.instructions.forEach(node -> {
            if (fits.test(node)) {
                found.add(node);
            }
        });
        return found;
    }

    private static boolean isConstant(AbstractInsnNode node, long value) {
        int opcode = node.getOpcode();
        if (node instanceof LdcInsnNode ldc) {
            return (ldc.cst instanceof Integer || ldc.cst instanceof Long) && ((Number) ldc.cst).longValue() == value;
        }
        if (opcode == Opcodes.BIPUSH || opcode == Opcodes.SIPUSH) {
            return ((IntInsnNode) node).operand == value;
        }
        return opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5 && opcode - Opcodes.ICONST_0 == value
                || opcode >= Opcodes.LCONST_0 && opcode <= Opcodes.LCONST_1 && opcode - Opcodes.LCONST_0 == value;
    }

    private static boolean isLong(AbstractInsnNode node) {
        return node instanceof LdcInsnNode ldc ? ldc.cst instanceof Long
                : node.getOpcode() == Opcodes.LCONST_0 || node.getOpcode() == Opcodes.LCONST_1;
    }

    private static AbstractInsnNode push(boolean wide, long value) {
        return new LdcInsnNode(wide ? (Object) value : (Object) (int) value);
    }
}
