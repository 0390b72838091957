from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="nation",
            field=models.CharField(
                choices=[
                    ("ENG", "England"),
                    ("SCT", "Scotland"),
                    ("WLS", "Wales"),
                    ("NIR", "Northern Ireland"),
                ],
                default="ENG",
                help_text="Whose bank holidays it keeps",
                max_length=3,
            ),
        ),
    ]
