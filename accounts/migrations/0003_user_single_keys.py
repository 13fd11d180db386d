from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_user_by_name")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="single_keys",
            field=models.BooleanField(
                default=True,
                help_text="Сочетания из одной клавиши; выключаются на странице «Клавиши» (WCAG 2.1.4).",
                verbose_name="Клавиши без Ctrl",
            ),
        ),
    ]
