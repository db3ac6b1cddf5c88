package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.golden.GoldenRows;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.FlushedView;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model, given just the entries and registers that Linux wrote, answers as Linux's own page tables do. */
class GoldenTest {
    private static final String MODE = "stage1";

    @Test
    void everyWalkGivesTheAddressOrTheFault() {
        List<MemoryRange> ram = List.of(new MemoryRange(0x4000_0000L, 1L << 30));
        try (PhysicalMemory memory = PhysicalMemory.temporary(ram); FlushedView flushed = new FlushedView(memory)) {
            SmmuModel model = load(memory, flushed);
            Requester requester = model.requester();
            List<Map<String, String>> walks = GoldenRows.read("smmuv3", "walks.csv", MODE);
            assertEquals(32, walks.size());
            for (int round = 0; round < 2; round++) {
                for (Map<String, String> walk : walks) {
                    check(memory, model.registers(), requester, walk);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stage1", "stage1-lazy"})
    void everyCommandOfLinuxIsLegal(String mode) {
        try (SmmuBench bench = new SmmuBench().start()) {
            List<Map<String, String>> commands = GoldenRows.read("smmuv3", "commands.csv", mode);
            assertTrue(commands.size() > 2, mode);
            for (Map<String, String> command : commands) {
                bench.submit(GoldenRows.words(command));
                assertTrue(bench.idle(), command.toString());
            }
        }
    }

    private static SmmuModel load(PhysicalMemory memory, FlushedView flushed) {
        List<Map<String, String>> entries = GoldenRows.read("smmuv3", "entries.csv", MODE);
        for (Map<String, String> entry : entries) {
            // Words that the data does not give are poison: a walk that needs one is seen.
            memory.fill(address(entry) & -PhysicalMemory.PAGE, PhysicalMemory.PAGE, FrameTable.POISON);
        }
        for (Map<String, String> entry : entries) {
            long[] words = GoldenRows.words(entry);
            for (int i = 0; i < words.length; i++) {
                memory.store64(address(entry) + 8L * i, words[i]);
            }
        }
        SmmuIds ids = new SmmuIds((int) register("SMMU_IDR0"), (int) register("SMMU_IDR1"), (int) register("SMMU_IDR3"),
                (int) register("SMMU_IDR5"), 0, (int) register("SMMU_AIDR"), 44);
        SmmuModel model = new SmmuModel("smmu0", ids, CacheSizes.DEFAULT, 0,
                new Board(memory, flushed, 44, 1, (address, data) -> true));
        RegisterSpace registers = model.registers();
        for (String name : List.of("SMMU_CR1", "SMMU_CR2", "SMMU_STRTAB_BASE", "SMMU_STRTAB_BASE_CFG",
                "SMMU_EVENTQ_BASE", "SMMU_CR0")) {
            Map<String, String> row = row(name);
            int offset = Integer.decode(row.get("offset"));
            if (row.get("size").equals("8")) {
                registers.write64(offset, Long.decode(row.get("value")));
            } else {
                registers.write32(offset, Integer.decode(row.get("value")));
            }
        }
        assertEquals(register("SMMU_GBPA"), registers.read32(0x44), "reset value");
        return model;
    }

    private static void check(PhysicalMemory memory, RegisterSpace registers, Requester requester,
            Map<String, String> walk) {
        long iova = Long.decode(walk.get("iova"));
        int sid = sid(walk.get("dev"));
        String expect = walk.get("expect");
        requester.enter();
        long read = requester.translate(sid, Requester.NO_PASID, iova, Protection.READ);
        if (expect.startsWith("fault:")) {
            assertEquals(Requester.ABORT, read, walk.toString());
            checkFault(memory, registers, sid, iova, expect);
        } else {
            long pa = Long.decode(expect);
            assertEquals(pa, read, walk.toString());
            long write = requester.translate(sid, Requester.NO_PASID, iova, Protection.WRITE);
            boolean writable = walk.get("perm").contains("w");
            assertEquals(writable ? pa : Requester.ABORT, write, walk.toString());
            if (!writable) {
                // F_PERMISSION, CLASS IN, RnW 0
                assertArrayEquals(new long[] {(long) sid << 32 | 0x13, 2L << 40, iova, 0}, event(memory, registers));
            }
        }
        requester.exit();
    }

    private static void checkFault(PhysicalMemory memory, RegisterSpace registers, int sid, long iova, String expect) {
        if (expect.contains("abort")) {
            assertEquals(registers.read32(0x100ac), registers.read32(0x100a8), "Config 0 records nothing");
        } else if (expect.contains("span")) {
            assertArrayEquals(new long[] {(long) sid << 32 | 0x02, 0, 0, 0}, event(memory, registers));
        } else {
            // F_TRANSLATION, CLASS IN, RnW 1
            assertArrayEquals(new long[] {(long) sid << 32 | 0x10, 2L << 40 | 1L << 35, iova, 0},
                    event(memory, registers));
        }
    }

    private static long[] event(PhysicalMemory memory, RegisterSpace registers) {
        int index = registers.read32(0x100ac);
        assertEquals(index + 1, registers.read32(0x100a8), "one event");
        long[] words = new long[4];
        for (int i = 0; i < words.length; i++) {
            words[i] = memory.load64((register("SMMU_EVENTQ_BASE") & 0xf_ffff_ffff_ffe0L) + 32L * index + 8L * i);
        }
        registers.write32(0x100ac, index + 1);
        return words;
    }

    private static long address(Map<String, String> entry) {
        return Long.decode(entry.get("where").split(";")[0].substring("pa=".length()));
    }

    private static long register(String name) {
        return Long.decode(row(name).get("value"));
    }

    private static Map<String, String> row(String name) {
        return GoldenRows.read("smmuv3", "registers.csv", MODE).stream().filter(row -> row.get("name").equals(name))
                .findFirst().orElseThrow();
    }

    private static int sid(String device) {
        String[] parts = device.split("[:.]");
        return Integer.parseInt(parts[1], 16) << 8 | Integer.parseInt(parts[2], 16) << 3 | Integer.parseInt(parts[3]);
    }
}
