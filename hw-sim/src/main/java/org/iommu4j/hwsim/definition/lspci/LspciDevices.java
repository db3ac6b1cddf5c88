package org.iommu4j.hwsim.definition.lspci;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.PortType;

/**
 * The devices of a machine definition, made of what lspci lists.
 *
 * @param devices as a definition has them
 * @param notes what the text does not say and was assumed, one sentence each
 */
public record LspciDevices(JsonArray devices, List<String> notes) {
    private static final int INTEL = 0x8086;
    private static final int PCI_BRIDGE = 0x0604;
    /** Programming interface, 8 bits, is below the class. */
    private static final int INTERFACE_BITS = 8;
    /** Base class of what fits no other. */
    private static final int NO_CLASS = 0xff0000;
    private static final int CARDBUS_BRIDGE = 0x0607;
    /** Source validation, translation blocking, request and completion redirect, upstream forwarding. */
    private static final int ACS_USUAL = 0x1f;
    /** What Linux turns on where an IOMMU is in use: all of these but translation blocking. */
    private static final int ACS_ON = 0x1d;
    /** First and last device id of Intel's root ports with 32-bit ACS registers. */
    private static final int[][] WIDE_ACS =
        {{0xa110, 0xa11f}, {0xa167, 0xa16a}, {0xa290, 0xa29f}, {0xa2e7, 0xa2ee}, {0x9d10, 0x9d1b}};

    public LspciDevices {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a text.
     *
     * @param file for messages only
     * @throws IommuException BAD_INPUT, naming file, line and text
     */
    public static LspciDevices read(String file, String text) {
        List<ListedFunction> functions = LspciText.read(file, text);
        JsonArrayBuilder devices = Json.createArrayBuilder();
        for (ListedFunction function : functions) {
            checkBridge(file, function);
            devices.add(function.configuration().map(bytes -> raw(function, bytes))
                    .orElseGet(() -> decoded(function, multifunction(function, functions))));
        }
        return new LspciDevices(devices.build(), notes(functions));
    }

    private static List<String> notes(List<ListedFunction> functions) {
        List<String> notes = new ArrayList<>();
        note(notes, functions, function -> !function.numbered,
                "no numeric ids (-nn shows them): what is known of single devices by their ids is left out of account");
        note(notes, functions, function -> function.asleep && !function.bridge(),
                "powered down when lspci ran: taken as PCI Express endpoints");
        note(notes, functions, function -> function.acs && function.acsCapability == ListedFunction.UNSAID,
                "ACS, but not which services (-vvv shows them): taken to have, and to have on, what is usual");
        note(notes, functions, function -> function.acs && wideAcs(function),
                "ACS control where lspci does not look (-xxxx shows it): taken to have on what Linux turns on");
        return notes;
    }

    /** One sentence for all functions of which the same is assumed. */
    private static void note(List<String> notes, List<ListedFunction> functions, Predicate<ListedFunction> concerns,
                             String assumed) {
        List<String> addresses = functions.stream()
                .filter(function -> function.configuration().isEmpty()).filter(concerns)
                .map(function -> function.address.toString()).toList();
        if (!addresses.isEmpty()) {
            notes.add((addresses.size() == functions.size() ? "all functions" : String.join(", ", addresses)) + ": "
                    + assumed);
        }
    }

    /** What groups follow from may be missing in a shorter listing. */
    private static void checkBridge(String file, ListedFunction function) {
        boolean bridge = function.type.bridgeOnly() || function.classCode >> INTERFACE_BITS == PCI_BRIDGE
                || function.classCode >> INTERFACE_BITS == CARDBUS_BRIDGE;
        if (bridge && !function.bridge() && !function.asleep && function.configuration().isEmpty()) {
            throw IommuException.of(Reason.BAD_INPUT, "%s line %d: bridge %s has no line of its buses", file,
                    function.line, function.address);
        }
    }

    /** A function above 0 is proof; so is a sibling of function 0. The header's bit is not in the text. */
    private static boolean multifunction(ListedFunction function, List<ListedFunction> functions) {
        return function.address.function() > 0 || functions.stream().anyMatch(other ->
                other != function && sameDevice(other.address, function.address));
    }

    private static boolean sameDevice(PciAddress one, PciAddress other) {
        return one.segment() == other.segment() && one.bus() == other.bus() && one.device() == other.device();
    }

    private static JsonObjectBuilder raw(ListedFunction function, byte[] bytes) {
        return Json.createObjectBuilder().add("address", function.address.toString())
                .add("configuration", HexFormat.of().formatHex(bytes));
    }

    private static JsonObjectBuilder decoded(ListedFunction function, boolean multifunction) {
        JsonObjectBuilder device = Json.createObjectBuilder().add("address", function.address.toString())
                .add("kind", function.bridge() ? "bridge" : "none")
                .add("vendor", hex(function.vendor)).add("device", hex(function.device))
                .add("class", hex(classCode(function))).add("multifunction", multifunction).add("captured", true);
        if (function.asleep && !function.bridge()) {
            return device.add("type", PortType.ENDPOINT.text());
        }
        device.add("type", function.type.text());
        if (function.bridge()) {
            device.add("secondary", function.secondary)
                    .add("subordinate", function.secondary == 0 ? 0 : function.subordinate);
        }
        if (function.acs && function.type.express()) {
            device.add("acs", acs(function));
        }
        return device;
    }

    private static int classCode(ListedFunction function) {
        if (function.classCode != ListedFunction.UNSAID) {
            return function.classCode;
        }
        return function.bridge() ? PCI_BRIDGE << INTERFACE_BITS : NO_CLASS;
    }

    private static JsonObjectBuilder acs(ListedFunction function) {
        boolean said = function.acsCapability != ListedFunction.UNSAID;
        boolean wide = wideAcs(function);
        int capability = said ? function.acsCapability : ACS_USUAL;
        int control = function.acsControl == ListedFunction.UNSAID || wide ? ACS_ON : function.acsControl;
        return Json.createObjectBuilder().add("capability", hex(capability)).add("control", hex(control & capability))
                .add("wide", wide);
    }

    private static boolean wideAcs(ListedFunction function) {
        if (function.vendor != INTEL || function.type != PortType.ROOT_PORT) {
            return false;
        }
        for (int[] range : WIDE_ACS) {
            if (range[0] <= function.device && function.device <= range[1]) {
                return true;
            }
        }
        return false;
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
