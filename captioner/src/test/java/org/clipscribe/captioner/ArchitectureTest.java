package org.clipscribe.captioner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// What `module-info` cannot say about the road from pixels to a caption.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.clipscribe");

  @Test
  void usesNothingOfTheJdkBeyondItsBaseAndTheVectorApi() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.awt..", "javax..", "java.sql..", "java.rmi..", "java.beans..")
            .because("the models must run in a JVM that is limited to java.base"));
  }

  @Test
  void opensNoSocket() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels.spi..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.nio\\.channels\\..*Socket.*")
            .because("only `pull` may use the network"));
  }

  @Test
  void usesNoReflection() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..")
            .orShould()
            .callMethodWhere(
                JavaCall.Predicates.target(
                        HasName.Predicates.nameMatching(
                            "forName|newInstance|setAccessible|loadClass"))
                    .and(
                        // ScopedValue.newInstance() makes one of its own kind.
                        DescribedPredicate.not(
                            JavaCall.Predicates.target(
                                HasOwner.Predicates.With.owner(
                                    JavaClass.Predicates.equivalentTo(ScopedValue.class))))))
            .because("nothing is looked up by a name that came from a file"));
  }

  @Test
  void loadsNoNativeLibraryAndStartsNoProcess() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "java\\.lang\\.(ProcessBuilder|Process|Runtime\\$.*)|java\\.lang\\.foreign\\.(Linker|SymbolLookup).*|.*\\.(jocl|jcuda|bytedeco|onnxruntime|djl|tensorflow)\\..*")
            .orShould()
            .callMethodWhere(
                JavaCall.Predicates.target(
                        HasName.Predicates.nameMatching(
                            "load|loadLibrary|exec|createTempFile|createTempDirectory"))
                    .and(
                        JavaCall.Predicates.target(
                            HasOwner.Predicates.With.owner(
                                JavaClass.Predicates.belongToAnyOf(
                                    System.class, Runtime.class, Files.class, File.class)))))
            .because("the library is for JVMs where no native code is allowed"));
  }

  @Test
  void keepsNoStaticMutableState() {
    noFields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .notBeFinal()
        .check(CLASSES);
  }

  @Test
  void namesTheVectorApiInOneModuleOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.clipscribe.tensor.vector..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.incubator.."));
  }

  @Test
  void keepsClipAndGpt2Apart() {
    check(
        noClasses()
            .that()
            .resideInAPackage("org.clipscribe.clip..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.clipscribe.gpt2.."));
    check(
        noClasses()
            .that()
            .resideInAPackage("org.clipscribe.gpt2..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.clipscribe.clip.."));
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }
}
