package org.iommu4j.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import org.iommu4j.shell.command.Services;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands of scope {@code mm}. */
class ProcessCommandsTest {
    private final Services services = new Services(jar -> { });
    private final FakeProcesses intel = new FakeProcesses("intel");
    private final Interpreter interpreter =
            new Interpreter(services, new ByteArrayInputStream(new byte[0]), Duration.ZERO);

    @BeforeEach
    void bind() {
        services.bind("intel", intel);
    }

    private String text(String line) {
        Outcome outcome = interpreter.run(System.out, List.of(line.split(" ")));
        assertEquals(0, outcome.code(), outcome.text());
        return outcome.text();
    }

    private JsonObject json(String line) {
        return Json.createReader(new StringReader(text(line + " --json"))).readObject();
    }

    private void fails(int code, String message, String line) {
        assertEquals(new Outcome(code, message), interpreter.run(System.out, List.of(line.split(" "))));
    }

    @Test
    void aProcessBeginsForksAndEnds() {
        assertEquals("process 1", text("mm:create worker"));
        assertEquals(2, json("mm:fork 1").getInt("process"));
        assertEquals("""
                MACHINE  PROCESS  NAME    PARENT  MAPPED  RESIDENT  SWAPPED  FAULTS  RECLAIMED
                intel    1        worker  0       8192    4096      0        3       2
                intel    2        worker  1       8192    4096      0        3       2""", text("mm:list"));
        assertEquals("process 1 has ended", text("mm:exit 1"));
        fails(1, "NO_DEVICE: no process 1", "mm:exit 1");
        assertEquals("""
                FIRST           LAST            ACCESS  LENGTH
                0x10000         0x10fff         r--     4096
                0x7f0000000000  0x7f0000001fff  rw-     8192""", text("mm:list 2"));
    }

    @Test
    void memoryComesAndGoes() {
        text("mm:create");
        assertEquals("0x7f0000000000", text("mm:map 1 2M"));
        assertEquals("r-x", json("mm:map 1 0x1000 --at 0x20000 --access rx").getString("access"));
        assertEquals("unmapped", text("mm:unmap 1 0x20000 4K"));
        assertEquals("protected", text("mm:protect 1 0x7f0000000000 1G -"));
        assertEquals(List.of("1 map 0x7f0000000000 2097152 3", "1 map 0x20000 4096 5", "1 unmap 0x20000 4096",
                "1 protect 0x7f0000000000 1073741824 0"), intel.log);
        fails(1, "BAD_INPUT: access 'rq': it is made of r, w, x and -", "mm:map 1 4K --access rq");
        fails(2, "mm:map: Invalid value for positional parameter at index 1 (LENGTH): '4Q' is no 64-bit address "
                + "(see mm:map --help)", "mm:map 1 4Q");
    }

    @Test
    void bytesAreReadAsTheyWereWritten() {
        text("mm:create");
        assertEquals("5 bytes", text("mm:write 1 0x7f0000000001 hello"));
        assertEquals("2 bytes", text("mm:write 1 0x7f0000000006 00ff --hex"));
        assertEquals("0x7f0000000000  00 68 65 6c 6c 6f 00 ff 00 00 00 00 00 00 00 00  .hello..........\n"
                + "0x7f0000000010  00 00                                            ..",
                text("mm:read 1 0x7f0000000000 18"));
        assertEquals("68656c", json("mm:read 1 0x7f0000000001 3").getString("bytes"));
        fails(1, "INCOMPATIBLE: 2097152 bytes at once, the limit is 1048576", "mm:read 1 0 2M");
    }

    @Test
    void ofSeveralMachinesOneIsNamed() {
        services.bind("arm", new FakeProcesses("arm"));
        fails(1, "INCOMPATIBLE: machines [arm, intel] have processes each: say --machine", "mm:create");
        assertEquals("process 1", text("mm:create --machine arm"));
        assertTrue(text("mm:list").contains("arm "));
        assertEquals("no processes", text("mm:list --machine intel"));
        services.unbind("intel", intel);
        assertEquals("process 2", text("mm:create"));
    }
}
