package org.iommu4j.wires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PackageWiresIT {
    private static final String API = "org.iommu4j.api";
    private static final Set<String> LIBRARIES =
            Set.of("org.iommu4j.pagetable", "org.iommu4j.acpi", "org.iommu4j.driver");

    private final List<BuiltBundle> bundles = BuiltBundle.all();

    @Test
    void everyBundleOfTheBuildIsRead() {
        assertEquals(Set.of("core-api", "page-table", "acpi", "driver-library", "core", "vtd-driver",
                "smmuv3-driver", "amdvi-driver", "vtd-driver-next", "smmuv3-driver-next", "amdvi-driver-next",
                "hw-sim", "qemu", "address-space", "replay", "shell", "tck"),
                bundles.stream().map(BuiltBundle::file).collect(Collectors.toSet()));
    }

    @Test
    void onlyTheApiExportsPackages() {
        for (BuiltBundle bundle : bundles) {
            if (bundle.symbolicName().equals(API)) {
                assertEquals(bundle.packages(), bundle.exports(), "the API keeps no package to itself");
            } else {
                assertEquals(Set.of(), bundle.exports(), bundle.file());
            }
        }
    }

    @Test
    void nobodyImportsOurPackagesExceptTheApi() {
        for (BuiltBundle bundle : bundles) {
            List<String> foreign = bundle.imports().stream()
                    .filter(p -> within(p, "org.iommu4j") && !within(p, API)).toList();
            assertEquals(List.of(), foreign, bundle.file() + " imports");
        }
    }

    @Test
    void everyPackageLiesUnderItsBundlesName() {
        for (BuiltBundle bundle : bundles) {
            List<String> strays = bundle.packages().stream()
                    .filter(p -> within(p, "org.iommu4j") && !within(p, bundle.symbolicName()))
                    .filter(p -> LIBRARIES.stream().noneMatch(library -> within(p, library))).toList();
            assertEquals(List.of(), strays, bundle.file() + " holds");
        }
    }

    @Test
    void aPackageHasOneHomeBesideTheLibrariesCopies() {
        Map<String, String> homes = new TreeMap<>();
        for (BuiltBundle bundle : bundles) {
            for (String name : bundle.packages()) {
                if (LIBRARIES.stream().noneMatch(library -> within(name, library))) {
                    String home = homes.putIfAbsent(name, bundle.symbolicName());
                    assertTrue(home == null || home.equals(bundle.symbolicName()),
                            name + " is split between " + home + " and " + bundle.symbolicName());
                }
            }
        }
    }

    private static boolean within(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }
}
