package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.qemu.machine.QemuMachine;
import org.iommu4j.qemu.process.QemuProgram;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A JVM that has no chance to end its QEMU. */
class KilledJvmTest {
    @Test
    void aJvmThatIsKilledLeavesNoQemuBehind() throws IOException, InterruptedException {
        Optional<String> problem = QemuDefinition.INTEL.program().problem();
        Assumptions.assumeTrue(problem.isEmpty(), () -> problem.orElseThrow() + "; " + QemuProgram.INSTALL);
        Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Starter.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<ProcessHandle> children;
        try (BufferedReader said = new BufferedReader(
                new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals(Starter.READY, said.readLine());
            children = jvm.descendants().toList();
        } finally {
            jvm.destroyForcibly();
        }
        assertTrue(jvm.waitFor(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS));
        assertEquals(2, children.size(), "QEMU and who watches");
        Condition.await("QEMU has ended", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** What the killed JVM runs. */
    static final class Starter {
        static final String READY = "ready";

        private Starter() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            QemuMachine machine = new QemuMachine("killed", new QemuBoard(QemuDefinition.INTEL),
                    QemuDefinition.INTEL.program(), () -> { });
            Path file = machine.memoryFile().orElseThrow();
            machine.powerOn(new PhysicalMemory(machine.ram(), file), vector -> { });
            System.out.println(READY);
            Thread.currentThread().join(); // until it is killed
        }
    }
}
