package org.iommu4j.qemu.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuProgramTest {
    @TempDir
    private Path directory;

    @Test
    void anAbsentProgramIsToldWithTheWayToGetIt() {
        QemuProgram absent = new QemuProgram(directory.resolve("none").toString());
        IommuException refused = assertThrows(IommuException.class, absent::check);
        assertEquals(Reason.NO_DEVICE, refused.reason());
        assertTrue(refused.getMessage().contains("apt-get install"), refused.getMessage());
    }

    @Test
    void anOldProgramIsRefused() throws IOException {
        String problem = program("QEMU emulator version 7.2.17 (Debian)").problem().orElseThrow();
        assertTrue(problem.contains("version 7, needed is 10"), problem);
    }

    @Test
    void aProgramOfTheVersionOrLaterIsTaken() throws IOException {
        assertEquals(Optional.empty(), program("QEMU emulator version 10.0.2 (Debian)").problem());
        assertEquals(Optional.empty(), program("QEMU emulator version 11.1.0").problem());
    }

    @Test
    void aProgramThatIsNoQemuIsRefused() throws IOException {
        assertTrue(program("hello").problem().orElseThrow().contains("does not tell its version: hello"));
    }

    @Test
    void tooLittleSpaceIsFoundBeforeAnythingStarts() {
        IommuException refused = assertThrows(IommuException.class, () -> new Workplace("board", Long.MAX_VALUE));
        assertEquals(Reason.NO_MEMORY, refused.reason());
        assertTrue(refused.getMessage().contains("board: its memory file takes up to"), refused.getMessage());
    }

    private QemuProgram program(String says) throws IOException {
        Path script = Files.writeString(directory.resolve("qemu"), "#!/bin/sh\necho '" + says + "'\n");
        assertTrue(script.toFile().setExecutable(true));
        return new QemuProgram(script.toString());
    }
}
