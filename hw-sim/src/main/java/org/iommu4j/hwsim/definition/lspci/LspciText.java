package org.iommu4j.hwsim.definition.lspci;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.PortType;

/**
 * Reads the text of {@code lspci -vvv}, with {@code -nn} or {@code -n}, with or without {@code -xxxx}, in the words of
 * pciutils 3.x. Indented lines that say nothing of a function's place are passed over. One use.
 */
final class LspciText {
    private static final Pattern FUNCTION =
            Pattern.compile("((?:[0-9a-f]{4,6}:)?[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]) (.+)");
    private static final Pattern NAMED_IDS =
            Pattern.compile("\\[([0-9a-f]{4})]: .*\\[([0-9a-f]{4}):([0-9a-f]{4})]");
    private static final Pattern PLAIN_IDS = Pattern.compile("^([0-9a-f]{4}): ([0-9a-f]{4}):([0-9a-f]{4})");
    /** Without numeric ids: a vendor's name, and the device's id if lspci knew no name for it. */
    private static final Pattern NAMES = Pattern.compile("[^:]+: (Intel Corporation|Solarflare Communications)?"
            + "(?: Device ([0-9a-f]{4})\\b)?.*");
    private static final Map<String, Integer> VENDORS =
            Map.of("Intel Corporation", 0x8086, "Solarflare Communications", 0x1924);
    private static final Pattern INTERFACE = Pattern.compile("\\(prog-if ([0-9a-f]{2})");
    private static final Pattern BYTES = Pattern.compile("([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ){15}[0-9a-f]{2})");
    private static final Pattern BUSES =
            Pattern.compile("Bus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})(?:,.*)?");
    private static final Pattern EXPRESS =
            Pattern.compile("Capabilities: \\[[0-9a-f]+(?: v\\d+)?] Express (?:\\(v\\d+\\) )?(.*)");
    private static final Pattern ACS =
            Pattern.compile("Capabilities: \\[[0-9a-f]+(?: v\\d+)?] Access Control Services.*");
    private static final List<String> ACS_BITS = List.of("SrcValid", "TransBlk", "ReqRedir", "CmpltRedir",
            "UpstreamFwd", "EgressCtrl", "DirectTrans");
    private static final Map<String, PortType> TYPES = Map.of("Endpoint", PortType.ENDPOINT,
            "Legacy Endpoint", PortType.LEGACY_ENDPOINT, "Root Port", PortType.ROOT_PORT,
            "Upstream Port", PortType.UPSTREAM, "Downstream Port", PortType.DOWNSTREAM,
            "PCI-Express to PCI/PCI-X Bridge", PortType.PCIE_TO_PCI,
            "PCI/PCI-X to PCI-Express Bridge", PortType.PCI_TO_PCIE,
            "Root Complex Integrated Endpoint", PortType.RCIEP,
            "Root Complex Event Collector", PortType.EVENT_COLLECTOR);
    private static final int LINE_LIMIT = 80;

    private final String file;
    private final List<ListedFunction> functions = new ArrayList<>();
    private boolean detailed;
    private int number;
    private String line;

    private LspciText(String file) {
        this.file = file;
    }

    /** @throws IommuException BAD_INPUT, naming file, line and text */
    static List<ListedFunction> read(String file, String text) {
        LspciText reader = new LspciText(file);
        text.lines().forEach(reader::take);
        reader.checkWhole();
        return reader.functions;
    }

    private void take(String raw) {
        number++;
        line = raw.stripTrailing();
        if (line.isEmpty()) {
            return;
        }
        Matcher function = FUNCTION.matcher(line);
        Matcher bytes = BYTES.matcher(line);
        if (function.matches()) {
            start(function.group(1), function.group(2));
        } else if (functions.isEmpty()) {
            throw refuse("is no function's first line, as lspci writes it");
        } else if (bytes.matches()) {
            bytes(Integer.parseInt(bytes.group(1), 16), bytes.group(2));
        } else if (Character.isWhitespace(line.charAt(0))) {
            detailed = true;
            detail(line.strip());
        } else {
            throw refuse("is no line of lspci -vvv");
        }
    }

    private void start(String address, String title) {
        PciAddress at = PciAddress.parse(address);
        if (functions.stream().anyMatch(function -> function.address.equals(at))) {
            throw refuse("lists " + at + " again");
        }
        ListedFunction function = new ListedFunction(at, number);
        Matcher ids = NAMED_IDS.matcher(title);
        if (!ids.find()) {
            ids = PLAIN_IDS.matcher(title);
        }
        if (ids.reset().find()) {
            Matcher programming = INTERFACE.matcher(title);
            function.classCode = hex(ids.group(1)) << 8 | (programming.find() ? hex(programming.group(1)) : 0);
            function.vendor = hex(ids.group(2));
            function.device = hex(ids.group(3));
            function.numbered = true;
        } else {
            name(function, title);
        }
        functions.add(function);
    }

    /** Vendor and device as far as names tell: of other vendors nothing follows from the id. */
    private static void name(ListedFunction function, String title) {
        Matcher names = NAMES.matcher(title);
        if (names.matches() && names.group(1) != null) {
            function.vendor = VENDORS.get(names.group(1));
            function.device = names.group(2) == null ? 0 : hex(names.group(2));
        }
    }

    private void detail(String text) {
        ListedFunction function = functions.get(functions.size() - 1);
        if (text.startsWith("Bus: ")) {
            Matcher buses = matched(BUSES, text, "gives no secondary and subordinate bus");
            function.secondary = hex(buses.group(1));
            function.subordinate = hex(buses.group(2));
            if (function.subordinate < function.secondary) {
                throw refuse("has a subordinate bus below the secondary one");
            }
        } else if (text.startsWith("Capabilities: <access denied>")) {
            throw refuse("hides what groups follow from: run lspci as root");
        } else if (text.startsWith("Capabilities: ") && text.contains("] Express ")) {
            function.type = type(matched(EXPRESS, text, "gives no port type").group(1));
        } else if (ACS.matcher(text).matches()) {
            function.acs = true;
        } else if (text.startsWith("ACSCap:")) {
            function.acs = true;
            function.acsCapability = acs(text);
        } else if (text.startsWith("ACSCtl:")) {
            function.acsControl = acs(text);
        } else if (text.startsWith("!!! Unknown header type 7f")) {
            function.asleep = true;
        }
    }

    /** The longest name that the text begins with: some begin with others. */
    private PortType type(String text) {
        return TYPES.keySet().stream().filter(text::startsWith)
                .max((one, other) -> Integer.compare(one.length(), other.length())).map(TYPES::get)
                .orElseThrow(() -> refuse("names a port type that is none of " + TYPES.keySet().stream().sorted()
                        .toList()));
    }

    private int acs(String text) {
        int bits = 0;
        for (int i = 0; i < ACS_BITS.size(); i++) {
            boolean on = text.contains(ACS_BITS.get(i) + "+");
            if (!on && !text.contains(ACS_BITS.get(i) + "-")) {
                throw refuse("does not say if " + ACS_BITS.get(i) + " is on");
            }
            bits |= on ? 1 << i : 0;
        }
        return bits;
    }

    private void bytes(int offset, String text) {
        ListedFunction function = functions.get(functions.size() - 1);
        if (offset != function.bytes.size()) {
            throw refuse(String.format("follows byte %#x of %s", function.bytes.size(), function.address));
        }
        function.bytes.writeBytes(HexFormat.ofDelimiter(" ").parseHex(text));
        function.asleep |= offset == 0 && text.startsWith("ff ff ");
    }

    private void checkWhole() {
        if (functions.isEmpty()) {
            throw IommuException.of(Reason.BAD_INPUT, "%s lists no function", file);
        }
        if (!detailed && functions.stream().allMatch(function -> function.bytes.size() == 0)) {
            throw IommuException.of(Reason.BAD_INPUT, "%s says nothing of any function but its name: run lspci -nnvvv",
                    file);
        }
        for (ListedFunction function : functions) {
            int size = function.bytes.size();
            if (size != 0 && size != 64 && size != 256 && size != 4096) {
                throw refuse(function, "has " + size + " bytes of configuration space; there are 64, 256 or 4096");
            }
        }
    }

    private IommuException refuse(ListedFunction function, String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s line %d: %s %s", file, function.line, function.address, problem);
    }

    private IommuException refuse(String problem) {
        String shown = line.strip();
        return IommuException.of(Reason.BAD_INPUT, "%s line %d: '%s' %s", file, number,
                shown.length() > LINE_LIMIT ? shown.substring(0, LINE_LIMIT) + "..." : shown, problem);
    }

    private Matcher matched(Pattern pattern, String text, String problem) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw refuse(problem);
        }
        return matcher;
    }

    private static int hex(String digits) {
        return Integer.parseInt(digits, 16);
    }
}
